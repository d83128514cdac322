internal import Topics

/// The drawing of a track with its events, and what its colours and signs mean.
struct TrackView {
    /// Events that the drawing shows at most.
    static let signLimit = 60

    /// A line of one class of speed.
    struct Line {
        let style: String
        let path: String
        let lineName: String
    }
    /// A sign of an event.
    struct Sign {
        let transform: String
        let severity: String
        let label: String
        let shape: String
        let number: Int
        let textY: Int
    }
    /// A sign's shape in the legend.
    struct Shape {
        let shape: String
        let shapeName: String
    }

    let width = Int(TrackDrawing.width)
    let height: Int
    let summary: String
    let lines: [Line]
    let scaleName: String
    let scaleEnd: Int
    let scaleY: Int
    let first: String
    let last: String
    let signs: [Sign]
    let shapes: [Shape]

    /// The drawing of a trip with its events.
    init(
        _ drawing: TrackDrawing, _ events: [Tacho_V1_DrivingEvent], _ classes: SpeedClasses,
        _ units: Units
    ) {
        height = Int(drawing.height)
        summary = "The way driven, north up, with \(Words.count(Int64(events.count), "event"))"
        lines = drawing.paths.indices.filter { !drawing.paths[$0].isEmpty }.map { line in
            Line(
                style: classes.style(of: line), path: drawing.paths[line],
                lineName: classes.name(of: line))
        }
        let bar = drawing.scaleBar(units)
        scaleName = bar.name
        scaleEnd = 24 + Int(bar.units.rounded())
        scaleY = Int(drawing.height) - 24
        first = Self.at(drawing.ends.first)
        last = Self.at(drawing.ends.last)
        let words = Words(units: units)
        signs = events.prefix(Self.signLimit).enumerated().map { index, event in
            Sign(
                transform: Self.at(
                    drawing.place(latitudeE7: event.latitudeE7, longitudeE7: event.longitudeE7)),
                severity: EventView.severity(event.severity),
                label: "\(index + 1): \(Words.kind(event.kind)), \(words.change(of: event))",
                shape: Self.shape(event.kind), number: index + 1,
                textY: event.kind == "hardAcceleration" ? 8 : 4)
        }
        shapes = ["hardBrake", "hardAcceleration", "hardCorner"]
            .filter { kind in events.contains { $0.kind == kind } }
            .map { Shape(shape: Self.shape($0), shapeName: Words.kind($0)) }
    }

    /// A triangle that points down for a brake, up for an acceleration, a diamond for a corner.
    private static func shape(_ kind: String) -> String {
        switch kind {
        case "hardBrake": "M-14-9h28L0 15z"
        case "hardAcceleration": "M-14 11h28L0-13z"
        default: "M0-14l14 14L0 14l-14-14z"
        }
    }

    private static func at(_ place: Place) -> String {
        "translate(\(Int(place.x.rounded())) \(Int(place.y.rounded())))"
    }
}
