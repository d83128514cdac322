internal import SQLite

/// A trip as far as it counts for its user.
struct TripFigures: Equatable {
    var user: String
    var sortMilliseconds: Int64
    var distanceMeters: Int64
    var durationMilliseconds: Int64
    var score: Int64?
    var hardBrakes: Int64
    var hardAccelerations: Int64
    var hardCorners: Int64
    var maxSpeedMetersPerHour: Int64

    /// Of a row; nil for a trip that was deleted.
    init?(_ row: TripRow) {
        guard row.status != .deleted else { return nil }
        user = row.user
        sortMilliseconds = row.sortMilliseconds
        distanceMeters = row.distanceMeters
        durationMilliseconds = row.durationMilliseconds
        score = row.score
        hardBrakes = row.hardBrakes
        hardAccelerations = row.hardAccelerations
        hardCorners = row.hardCorners
        maxSpeedMetersPerHour = row.maxSpeedMetersPerHour
    }

    fileprivate init(_ row: Statement) {
        user = row.string(0)
        sortMilliseconds = row.int64(1)
        distanceMeters = row.int64(2)
        durationMilliseconds = row.int64(3)
        score = row.isNull(4) ? nil : row.int64(4)
        hardBrakes = row.int64(5)
        hardAccelerations = row.int64(6)
        hardCorners = row.int64(7)
        maxSpeedMetersPerHour = row.int64(8)
    }

    /// What the user's rating is made of.
    fileprivate func isRatedAs(_ other: TripFigures) -> Bool {
        score == other.score
            && (score == nil
                || (distanceMeters == other.distanceMeters
                    && sortMilliseconds == other.sortMilliseconds))
    }
}

/// What a transaction changes of users' totals, added up until its end.
struct UserLedger {
    /// What is changed of a user.
    struct Entry {
        /// To be added to the totals; speed and rating have no meaning here.
        var added = UserTotals()
        /// The highest speed among trips that came or changed.
        var highest: Int64 = 0
        /// The highest speed among trips that went or became slower: where it was the user's highest,
        /// that is to be found anew.
        var gone: Int64 = -1
        var isRatingStale = false
        var isShownStale = false
    }

    private(set) var entries: [String: Entry] = [:]

    /// A trip counts so from now on; nil for one that does not count.
    mutating func replace(_ old: TripFigures?, by new: TripFigures?) {
        guard old != new else { return }
        if let old, let new, old.user == new.user {
            note(old, -1)
            note(new, 1)
            rise(new)
            if new.maxSpeedMetersPerHour < old.maxSpeedMetersPerHour { fall(old) }
            if !old.isRatedAs(new) { entries[new.user]?.isRatingStale = true }
            return
        }
        if let old {
            note(old, -1)
            fall(old)
            if old.score != nil { entries[old.user]?.isRatingStale = true }
        }
        if let new {
            note(new, 1)
            rise(new)
            if new.score != nil { entries[new.user]?.isRatingStale = true }
        }
    }

    private mutating func rise(_ figures: TripFigures) {
        let highest = entries[figures.user]?.highest ?? 0
        entries[figures.user]?.highest = max(highest, figures.maxSpeedMetersPerHour)
    }

    private mutating func fall(_ figures: TripFigures) {
        let gone = entries[figures.user]?.gone ?? -1
        entries[figures.user]?.gone = max(gone, figures.maxSpeedMetersPerHour)
    }

    /// Whether the user is shown is to be looked up anew.
    mutating func shows(_ user: String) { entries[user, default: Entry()].isShownStale = true }

    private mutating func note(_ figures: TripFigures, _ sign: Int64) {
        var entry = entries[figures.user, default: Entry()]
        entry.added.trips += sign
        entry.added.distanceMeters += sign * figures.distanceMeters
        entry.added.durationMilliseconds += sign * figures.durationMilliseconds
        entry.added.hardBrakes += sign * figures.hardBrakes
        entry.added.hardAccelerations += sign * figures.hardAccelerations
        entry.added.hardCorners += sign * figures.hardCorners
        entries[figures.user] = entry
    }
}

extension Connection {
    /// How a trip counts now; nil for one that does not.
    func figures(of trip: String) throws(SQLiteError) -> TripFigures? {
        try rows(
            """
            SELECT user, sort_time, distance_m, duration_ms, score, hard_brakes, hard_accelerations,
                hard_corners, max_speed
            FROM trips WHERE id = ? AND status < 3
            """, .text(trip), row: TripFigures.init
        ).first
    }

    /// Brings totals, ratings and ranking to what the transaction has made of the trips.
    func settle(_ ledger: UserLedger) throws(SQLiteError) {
        for (user, entry) in ledger.entries { try settle(user, entry) }
    }

    private func settle(_ user: String, _ entry: UserLedger.Entry) throws(SQLiteError) {
        let known = try rows(
            "SELECT \(totalsColumns), is_hidden FROM totals WHERE user = ?", .text(user)
        ) { (totals: userTotals($0, from: 0), isHidden: $0.int64(8) != 0) }.first
        var totals = known?.totals ?? UserTotals()
        totals.add(entry.added)
        totals.maxSpeedMetersPerHour = max(totals.maxSpeedMetersPerHour, entry.highest)
        if entry.gone >= totals.maxSpeedMetersPerHour {
            totals.maxSpeedMetersPerHour =
                try integer(
                    "SELECT max(max_speed) FROM trips WHERE user = ? AND status < 3", .text(user))
                ?? 0
        }
        if entry.isRatingStale { totals.ratingTenths = try rating(of: user) }
        var isHidden = known?.isHidden ?? false
        if entry.isShownStale || known == nil { isHidden = try hides(user) }

        let place = known.flatMap { $0.isHidden ? nil : $0.totals.ratingTenths }
        let newPlace = totals.trips == 0 || isHidden ? nil : totals.ratingTenths
        if place != newPlace {
            if let place { try count(rating: place, -1) }
            if let newPlace { try count(rating: newPlace, 1) }
        }
        guard totals.trips > 0 else {
            return try run("DELETE FROM totals WHERE user = ?", .text(user))
        }
        if let known, known.totals == totals, known.isHidden == isHidden { return }
        try run(
            "INSERT OR REPLACE INTO totals VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", .text(user),
            .integer(totals.trips), .integer(totals.distanceMeters),
            .integer(totals.durationMilliseconds), .integer(totals.hardBrakes),
            .integer(totals.hardAccelerations), .integer(totals.hardCorners),
            .integer(totals.maxSpeedMetersPerHour), Value(totals.ratingTenths),
            .integer(isHidden ? 1 : 0))
    }

    private func rating(of user: String) throws(SQLiteError) -> Int64? {
        let statement = try statement(
            """
            SELECT score, distance_m FROM trips INDEXED BY trips_scored
            WHERE user = ? AND status < 3 AND score IS NOT NULL ORDER BY sort_time DESC, id
            """)
        try statement.bind(1, user)
        defer { statement.reset() }
        var rating = UserRating()
        while !rating.isFull, try statement.step() {
            rating.add(score: statement.int64(0), distanceMeters: statement.int64(1))
        }
        return rating.tenths
    }

    private func count(rating: Int64, _ change: Int64) throws(SQLiteError) {
        try run(
            """
            INSERT INTO ratings VALUES (?1, ?2) ON CONFLICT DO UPDATE SET users = users + ?2
            """, .integer(rating), .integer(change))
    }

    /// Whether the user's only profiles are gone.
    private func hides(_ user: String) throws(SQLiteError) -> Bool {
        try integer(
            """
            SELECT EXISTS (SELECT 1 FROM profiles WHERE user = ?1 AND deleted = 1)
                AND NOT EXISTS (SELECT 1 FROM profiles WHERE user = ?1 AND deleted = 0)
            """, .text(user)) == 1
    }
}

extension UserTotals {
    fileprivate mutating func add(_ other: UserTotals) {
        trips += other.trips
        distanceMeters += other.distanceMeters
        durationMilliseconds += other.durationMilliseconds
        hardBrakes += other.hardBrakes
        hardAccelerations += other.hardAccelerations
        hardCorners += other.hardCorners
    }
}
