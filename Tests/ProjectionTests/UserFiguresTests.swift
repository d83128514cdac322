import EventLog
import Projection
import SeededRandom
import Testing
import Topics
import Trips

/// Everything that a projection says of users, made slowly of all that was put into it.
private struct Reference {
    var trips: [String: TripRow] = [:]
    var profiles: [String: (user: String, isDeleted: Bool)] = [:]

    private var shown: [TripRow] { trips.values.filter { $0.status != .deleted } }

    var drivers: Set<String> { Set(shown.map(\.user)) }

    func rating(_ trips: some Collection<TripRow>) -> Int64? {
        var weighted: Int64 = 0
        var meters: Int64 = 0
        for trip in trips where meters < 1_000_000 {
            weighted += (trip.score ?? 0) * trip.distanceMeters
            meters += trip.distanceMeters
        }
        return meters > 0 ? (20 * weighted + meters) / (2 * meters) : nil
    }

    /// The user's scored trips, newest first.
    func scored(_ user: String) -> [TripRow] {
        shown.filter { $0.user == user && $0.score != nil }.sorted {
            $0.sortMilliseconds == $1.sortMilliseconds
                ? $0.trip.rawValue < $1.trip.rawValue : $0.sortMilliseconds > $1.sortMilliseconds
        }
    }

    func totals(_ user: String) -> UserTotals? {
        let own = shown.filter { $0.user == user }
        guard !own.isEmpty else { return nil }
        var totals = UserTotals()
        totals.trips = Int64(own.count)
        totals.distanceMeters = own.map(\.distanceMeters).reduce(0, +)
        totals.durationMilliseconds = own.map(\.durationMilliseconds).reduce(0, +)
        totals.hardBrakes = own.map(\.hardBrakes).reduce(0, +)
        totals.hardAccelerations = own.map(\.hardAccelerations).reduce(0, +)
        totals.hardCorners = own.map(\.hardCorners).reduce(0, +)
        totals.maxSpeedMetersPerHour = own.map(\.maxSpeedMetersPerHour).max() ?? 0
        totals.ratingTenths = rating(scored(user))
        return totals
    }

    func isHidden(_ user: String) -> Bool {
        let own = profiles.values.filter { $0.user == user }
        return !own.isEmpty && own.allSatisfy(\.isDeleted)
    }

    var ranking: [String] {
        drivers.filter { !isHidden($0) && totals($0)?.ratingTenths != nil }.sorted { a, b in
            guard let x = totals(a), let y = totals(b) else { return false }
            if x.ratingTenths != y.ratingTenths {
                return (x.ratingTenths ?? 0) > (y.ratingTenths ?? 0)
            }
            return x.distanceMeters == y.distanceMeters
                ? a < b : x.distanceMeters > y.distanceMeters
        }
    }

    /// The ids and users of all who are listed.
    var listed: [String: String] {
        var listed = profiles.filter { !$0.value.isDeleted }.mapValues(\.user)
        for user in drivers
        where profiles[user] == nil && !profiles.values.contains(where: { $0.user == user }) {
            listed[user] = user
        }
        return listed
    }
}

@Suite struct UserFiguresTests {
    private static let names = ["ann", "bob", "cy", "dee"]

    private static func anyRow(_ random: inout SplitMix) -> TripRow {
        var made = row(
            "t\(Int.random(in: 0..<9, using: &random))",
            user: names.randomElement(using: &random) ?? "ann",
            status: Int.random(in: 0..<5, using: &random) == 0 ? .deleted : .complete,
            start: Int64.random(in: 0..<5, using: &random))
        guard made.status != .deleted else { return made }
        // Few values, so that users tie, and lengths around the thousand kilometres that count.
        made.score = [nil, 70, 80, 90].randomElement(using: &random) ?? nil
        made.distanceMeters =
            [0, 5_000, 400_000, 999_999, 1_000_000].randomElement(using: &random) ?? 0
        made.durationMilliseconds = Int64.random(in: 0..<3, using: &random) * 1_000
        made.hardBrakes = Int64.random(in: 0..<3, using: &random)
        made.hardAccelerations = Int64.random(in: 0..<3, using: &random)
        made.hardCorners = Int64.random(in: 0..<3, using: &random)
        made.maxSpeedMetersPerHour = Int64.random(in: 0..<4, using: &random) * 10_000
        return made
    }

    /// A batch of anything, which the reference takes too.
    private static func batch(
        _ next: inout Int64, _ reference: inout Reference, _ random: inout SplitMix
    ) -> ProjectionBatch {
        var batch = ProjectionBatch()
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            switch Int.random(in: 0..<8, using: &random) {
            case 0:
                let name = "t\(Int.random(in: 0..<9, using: &random))"
                batch.trips.append((score(next), .forgotten(trip(name))))
                reference.trips[name] = nil
            case 1, 2:
                let id = ["ann", "p1", "p2"].randomElement(using: &random) ?? "p1"
                var change = UserChange()
                change.isDeleted = Int.random(in: 0..<3, using: &random) == 0
                if Bool.random(using: &random) {
                    change.user = UserID(names.randomElement(using: &random) ?? "ann")
                }
                guard let profile = ProfileID(id) else { continue }
                batch.changes.append(
                    .init(
                        position: users(next), profile: profile, milliseconds: next,
                        change: change))
                let known = reference.profiles[id].flatMap { $0.isDeleted ? nil : $0.user }
                reference.profiles[id] = (
                    change.user?.rawValue ?? known ?? id, change.isDeleted
                )
            default:
                let row = anyRow(&random)
                batch.trips.append((score(next), .row(row)))
                reference.trips[row.trip.rawValue] = row
            }
            next += 1
        }
        // Changes of profiles come before trips, in whatever order a batch holds them.
        batch.positions[score(0).topicPartition] = next
        batch.positions[users(0).topicPartition] = next
        return batch
    }

    @Test func `totals, ratings, places and lists are what all trips and profiles come to`() throws
    {
        for seed in UInt64(0)..<60 {
            var random = SplitMix(seed: seed)
            let scratch = try Scratch()
            let projection = try Projection(directory: scratch.path, version: .first)
            var reference = Reference()
            var next: Int64 = 0
            for step in 0..<30 {
                try projection.apply(Self.batch(&next, &reference, &random))
                try Self.check(projection, reference, "seed \(seed), step \(step)")
            }
        }
    }

    private static func check(
        _ projection: Projection, _ reference: Reference, _ place: Comment
    ) throws {
        let ranking = try projection.ranking(limit: 10)
        #expect(ranking.map(\.user.rawValue) == reference.ranking, place)
        #expect(try projection.ranking(limit: 1) == Array(ranking.prefix(1)))
        #expect(try projection.rankedUsers() == Int64(ranking.count), place)
        for name in names {
            #expect(try projection.totals(ofUser: name) == reference.totals(name), place)
            let rank = ranking.first { $0.user.rawValue == name }
            let found = try projection.user(user(name))
            #expect(found?.place == rank?.place, place)
            if let found { #expect(found.totals == reference.totals(name) ?? UserTotals()) }
            try checkHistory(of: name, projection, reference, place)
        }
        var listed: [String: String] = [:]
        var last: ProfileID?
        repeat {
            let page = try projection.users(after: last, limit: 2)
            for one in page.users {
                #expect(listed[one.profile.id.rawValue] == nil, place)
                listed[one.profile.id.rawValue] = one.profile.user.rawValue
                #expect(try projection.user(of: one.profile.id) == one, place)
            }
            last = page.next
        } while last != nil
        #expect(listed == reference.listed, place)
        for id in ["ann", "p1", "p2", "bob", "nobody"] where listed[id] == nil {
            let profile = try #require(ProfileID(id))
            #expect(try projection.user(of: profile) == nil, place)
        }
    }

    private static func checkHistory(
        of name: String, _ projection: Projection, _ reference: Reference, _ place: Comment
    ) throws {
        let scored = reference.scored(name)
        let expected = scored.indices.map { index in
            (scored[index].trip, reference.rating(scored[index...]))
        }
        for limit in [1, 3, 100] {
            let history = try projection.ratingHistory(ofUser: name, limit: limit)
            let wanted = Array(expected.prefix(limit).reversed())
            #expect(history.map(\.trip) == wanted.map(\.0), place)
            #expect(history.map(\.ratingTenths) == wanted.map(\.1), place)
        }
    }

    @Test func `what was applied is the same after it is applied once more, or opened again`()
        throws
    {
        let scratch = try Scratch()
        var projection: Projection? = try Projection(directory: scratch.path, version: .first)
        var random = SplitMix(seed: 7)
        var reference = Reference()
        var next: Int64 = 0
        for _ in 0..<20 {
            let batch = Self.batch(&next, &reference, &random)
            try projection?.apply(batch)
            let once = try dump(scratch)
            try projection?.apply(batch)
            #expect(try dump(scratch) == once)
        }
        projection = nil
        let again = try Projection(directory: scratch.path, version: .first)
        try Self.check(again, reference, "opened again")
    }
}
