internal import Metrics

/// The kinds of queries, for their times.
enum Query: String, CaseIterable {
    case document, row, owner, page, user, profile, users, history, silent, heard, track, trackTag
    case annotatedTrip, annotatedPoints, interests

    var timer: Timer { Self.timers[self] ?? Self.timer(self) }

    private static let timers = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0, timer($0)) })

    private static func timer(_ query: Query) -> Timer {
        Timer(
            label: "tacho_projection_query_duration_seconds",
            dimensions: [("query", query.rawValue)])
    }
}
