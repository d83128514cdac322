internal import Topics

/// The drawing of a track with its events, as a figure with a legend.
struct TrackFigure {
    /// Events that the drawing shows at most.
    static let signLimit = 100

    let drawing: TrackDrawing
    let message: Tacho_V1_TripScore

    /// The figure; what it says in words stands below it.
    var html: HTML {
        let width = Int(TrackDrawing.width)
        let height = Int(drawing.height)
        return """
            <figure>
            <svg class="map" viewBox="0 0 \(width) \(height)" role="img" aria-labelledby="map-title">
            <title id="map-title">The way driven, north up, with \
            \(Words.count(Int64(message.events.count), "event"))</title>
            \(lines)
            \(scaleBar)
            \(ends)
            \(signs)
            </svg>
            <figcaption>
            <ul class="legend">
            \(speeds)
            \(HTML.each(kindsShown) { "<li>\(Self.legendSign($0)) \(Words.kind($0))</li>" })
            </ul>
            North is up. A filled sign is a severe event; its number is that of the table below.
            </figcaption>
            </figure>
            """
    }

    private var lines: HTML {
        HTML.each(drawing.paths.indices.filter { !drawing.paths[$0].isEmpty }) { line in
            "<path class=\"\(Self.style(line))\" d=\"\(drawing.paths[line])\"/>"
        }
    }

    private var speeds: HTML {
        HTML.each(drawing.paths.indices.filter { !drawing.paths[$0].isEmpty }) { line in
            let name =
                line < TrackDrawing.classNames.count
                ? TrackDrawing.classNames[line] : "not known: no reading for 30 s or more"
            return """
                <li><svg viewBox="0 0 28 14" aria-hidden="true"><path class="\(Self.style(line))" \
                d="M1 7h26"/></svg> \(name)</li>
                """
        }
    }

    private static func style(_ line: Int) -> String {
        line < TrackDrawing.classNames.count ? "way s\(line)" : "gap"
    }

    private var scaleBar: HTML {
        let y = Int(drawing.height) - 24
        let end = 24 + Int(drawing.scale.units.rounded())
        let meters = drawing.scale.meters
        let name = meters < 1_000 ? "\(meters) m" : "\(meters / 1_000) km"
        return """
            <path class="scale" d="M24 \(y - 10)v10H\(end)v-10"/>\
            <text x="34" y="\(y - 12)">\(name)</text>
            """
    }

    private var ends: HTML {
        let first = Self.at(drawing.ends.first)
        let last = Self.at(drawing.ends.last)
        return """
            <g transform="\(first)"><g class="sign"><title>Start</title><circle r="6"/></g></g>
            <g transform="\(last)"><g class="sign"><title>End</title>\
            <rect x="-6" y="-6" width="12" height="12"/></g></g>
            """
    }

    private var signs: HTML {
        HTML.each(Array(message.events.prefix(Self.signLimit).enumerated())) { index, event in
            let place = drawing.place(
                latitudeE7: event.latitudeE7, longitudeE7: event.longitudeE7)
            return """
                <g transform="\(Self.at(place))"><g class="sign \(event.severity)">\
                <title>\(index + 1): \(Words.kind(event.kind)), \(Words.change(of: event))</title>\
                \(Self.shape(event.kind))\
                <text y="\(event.kind == "hardAcceleration" ? 8 : 4)">\(index + 1)</text></g></g>
                """
        }
    }

    /// The kinds of events on the drawing, in one order.
    private var kindsShown: [String] {
        ["hardBrake", "hardAcceleration", "hardCorner"].filter { kind in
            message.events.contains { $0.kind == kind }
        }
    }

    /// A triangle that points down for a brake, up for an acceleration, a diamond for a corner.
    private static func shape(_ kind: String) -> HTML {
        switch kind {
        case "hardBrake": "<path d=\"M-14-9h28L0 15z\"/>"
        case "hardAcceleration": "<path d=\"M-14 11h28L0-13z\"/>"
        default: "<path d=\"M0-14l14 14L0 14l-14-14z\"/>"
        }
    }

    private static func legendSign(_ kind: String) -> HTML {
        """
        <svg viewBox="-16 -16 32 32" aria-hidden="true"><g class="sign">\(shape(kind))</g></svg>
        """
    }

    private static func at(_ place: Place) -> String {
        "translate(\(Int(place.x.rounded())) \(Int(place.y.rounded())))"
    }
}
