internal import Projection
internal import Topics
internal import Trips

/// The list of trips, newest first.
struct TripListView {
    /// A trip of the list.
    struct Item {
        let id: String
        /// Nil where it has none: then its time names it.
        let name: String?
        /// Whose it is; nil where that goes without saying.
        let user: String?
        let date: Moment
        let isDriving: Bool
        /// 0…100; nil where there is none.
        let scoreText: String?
        let facts: String
        let events: String
        /// Where the drawing of its way is; changes with it.
        let picture: String
    }
    /// A choice of a filter.
    struct Choice {
        let value: String
        let name: String
        let isSelected: Bool
    }

    let items: [Item]
    /// The address at which the list goes on.
    let older: String?
    /// Whether this is the list's beginning, which changes as trips are driven.
    let isFirst: Bool
    let isFiltered: Bool
    let states: [Choice]
    /// Whether trips of others are among them, so that users can be asked for.
    let hasUsers: Bool
    let wantedUser: String

    /// A page of the list.
    ///
    /// - Parameters:
    ///   - trips: rows with what the version says of each.
    ///   - seesOthers: whether trips of others are among them.
    init(
        _ trips: [(row: TripRow, message: Tacho_V1_TripScore)], next: TripCursor?, isFirst: Bool,
        filter: TripFilter, seesOthers: Bool, preferences: Preferences
    ) {
        let words = Words(units: preferences.units)
        items = trips.map { row, message in
            Item(
                id: row.trip.rawValue, name: Self.name(message),
                user: seesOthers ? row.user : nil,
                date: Moment(row.sortMilliseconds, .full, in: preferences.zone),
                isDriving: row.status == .driving, scoreText: row.score.map(String.init),
                facts: words.distance(row.distanceMeters) + " in "
                    + Words.duration(milliseconds: row.durationMilliseconds),
                events: Self.events(row),
                picture: "/trips/\(row.trip.rawValue)/thumbnail.svg?of="
                    + String(ContentTag.of(row.message), radix: 16))
        }
        let query = Self.query(seesOthers ? filter : TripFilter(status: filter.status))
        older = next.map { "/?\(query)cursor=\($0.description)" }
        self.isFirst = isFirst
        isFiltered = filter.status != nil || (seesOthers && filter.user != nil)
        states = [(nil, "All trips"), (TripRow.Status.driving, "Under way"), (.complete, "Over")]
            .map { status, name in
                Choice(
                    value: status?.word ?? "", name: name, isSelected: filter.status == status)
            }
        hasUsers = seesOthers
        wantedUser = filter.user ?? ""
    }

    /// The trip's name; nil where it has none.
    static func name(_ message: Tacho_V1_TripScore) -> String? {
        message.hasName && !message.name.isEmpty ? message.name : nil
    }

    private static func query(_ filter: TripFilter) -> String {
        (filter.user.map { "user=\(Address.encoded($0))&" } ?? "")
            + (filter.status.map { "status=\($0.word)&" } ?? "")
    }

    /// `2 hard brakes, 1 hard corner`.
    private static func events(_ row: TripRow) -> String {
        let counts = [
            (row.hardBrakes, "hard brake"), (row.hardAccelerations, "hard acceleration"),
            (row.hardCorners, "hard corner"),
        ]
        let said = counts.filter { $0.0 > 0 }.map { Words.count($0.0, $0.1) }
        return said.isEmpty ? "nothing hard" : said.joined(separator: ", ")
    }
}
