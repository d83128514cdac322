public import Trips

/// A trip's points as a file to take along, which names neither the trip nor whose it is.
public struct TrackFile {
    /// What is in it.
    public let bytes: [UInt8]
    /// As `Content-Type` has it.
    public let type: String

    /// A file of a format (`json`, `geojson`, `gpx`, `csv`); nil for any other.
    public init?(_ format: String, _ points: [Point]) {
        guard let format = TrackFormat(rawValue: format), let trip = TripID("shared-trip") else {
            return nil
        }
        bytes = TrackText(trip: trip, name: nil, points: points).bytes(format)
        type = format.contentType
    }
}

/// The forms in which a track is served.
enum TrackFormat: String, CaseIterable {
    case json, geojson, gpx, csv

    /// As `Content-Type` has it.
    var contentType: String {
        switch self {
        case .json: "application/json"
        case .geojson: "application/geo+json"
        case .gpx: "application/gpx+xml"
        case .csv: "text/csv; charset=utf-8; header=present"
        }
    }

    private var mediaType: String {
        String(contentType.prefix { $0 != ";" })
    }

    /// What `Accept` takes, in words for an error.
    static let offered = allCases.map(\.mediaType).joined(separator: ", ")

    /// The form that `Accept` likes best, JSON where it likes several alike or does not say; nil
    /// where it likes none.
    init?(accept: String?) {
        guard let accept, !trimmed(accept[...]).isEmpty else {
            self = .json
            return
        }
        let ranges = accept.split(separator: ",").map(Self.range)
        var best: (format: TrackFormat, quality: Double)?
        for format in Self.allCases {
            // Of the ranges that fit, the most specific one says how much.
            let fitting = ranges.compactMap { range in
                Self.closeness(of: range.type, to: format.mediaType)
                    .map { (closeness: $0, quality: range.quality) }
            }
            guard let closest = fitting.max(by: { $0.closeness < $1.closeness }),
                closest.quality > best?.quality ?? 0
            else { continue }
            best = (format, closest.quality)
        }
        guard let best else { return nil }
        self = best.format
    }

    private static func range(_ text: Substring) -> (type: String, quality: Double) {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false).map(trimmed)
        let quality = parts.dropFirst().first { $0.lowercased().hasPrefix("q=") }
        return (
            (parts.first ?? "").lowercased(), quality.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
        )
    }

    private static func closeness(of range: String, to type: String) -> Int? {
        if range == type { return 2 }
        if range == "*/*" { return 0 }
        return range.hasSuffix("/*") && type.hasPrefix(range.dropLast()) ? 1 : nil
    }
}
