import Scoring
import SeededRandom
import Trips

/// Uploads of a few trips that meet every case of the reducer: late, doubled, foreign, deleted,
/// ended early, named twice, full, edited, reported of.
struct Traffic {
    let uploads: [(trip: String, upload: Upload)]
    /// Every point of every trip that is neither deleted nor full, in order, as edits leave them.
    let points: [String: [Point]]

    static let owner = user("ann")
    static let stranger = user("bob")

    static func user(_ name: String) -> UserID {
        guard let user = UserID(name) else { preconditionFailure(name) }
        return user
    }

    init(seed: UInt64, trips: Int, pointsEach: Int) {
        var random = SplitMix(seed: seed)
        var queues: [[(String, Upload)]] = []
        var points: [String: [Point]] = [:]
        for number in 0..<trips {
            let name = "trip-\(number)"
            let drive = Self.drive(pointsEach, &random)
            let uploads = Self.uploads(of: drive, number: number, name, &random)
            points[name] = Self.edited(drive, by: uploads.map(\.1))
            queues.append(uploads)
        }
        var uploads: [(trip: String, upload: Upload)] = []
        while let index = queues.indices.filter({ !queues[$0].isEmpty }).randomElement(
            using: &random)
        {
            let (trip, upload) = queues[index].removeFirst()
            uploads.append((trip, upload))
        }
        self.uploads = uploads
        for number in 0..<trips where number % 7 == 5 { points["trip-\(number)"] = nil }
        self.points = points
    }

    /// A second's step at a time along a meridian, with hard braking now and then.
    static func drive(_ count: Int, _ random: inout SplitMix) -> [Point] {
        var speed = 14.0
        var north = 480_000_000.0
        var target = 14.0
        return (0..<count).map { second in
            if second % 20 == 0 { target = Double.random(in: 0...30, using: &random) }
            let hard = second % 3 == 0 ? 5.0 : 2.0
            speed += max(-hard, min(hard, target - speed))
            north += speed / Geometry.metersPerE7
            return Point(
                sequence: Int64(second),
                timeMilliseconds: 1_700_000_000_000 + Int64(second) * 1_000,
                latitudeE7: Int32(north), longitudeE7: 20_000_000,
                speedMetersPerHour: Int32(speed * 3.6) * 1_000)
        }
    }

    private static func uploads(
        of drive: [Point], number: Int, _ name: String, _ random: inout SplitMix
    ) -> [(String, Upload)] {
        var batches: [[Point]] = []
        var rest = drive[...]
        while !rest.isEmpty {
            let batch = Array(rest.prefix(Int.random(in: 1...40, using: &random)))
            rest = rest.dropFirst(batch.count)
            batches.append(batch)
        }
        if number % 2 == 1 { batches.shuffle(using: &random) }
        batches += batches.filter { _ in Int.random(in: 0..<5, using: &random) == 0 }
        var uploads = batches.map { (name, Upload(user: owner, content: .points($0))) }
        uploads.insert((name, Upload(user: owner, name: "first \(number)", content: .start)), at: 0)
        let somewhere = Int.random(in: 1...uploads.count, using: &random)
        uploads.insert((name, Upload(user: owner, name: "named", content: .end)), at: somewhere)
        if number % 4 == 1 { uploads.insert((name, Upload(user: nil, content: .end)), at: 0) }
        if number % 3 != 2 { edit(drive, name, &uploads, &random) }
        if number % 3 == 0 {
            let late = Int.random(in: 1...uploads.count, using: &random)
            uploads.insert((name, Upload(user: stranger, content: .points([drive[0]]))), at: late)
        }
        if number % 7 == 5 {
            uploads.insert((name, Upload(user: owner, content: .deletion)), at: uploads.count - 2)
        }
        return uploads
    }

    /// Corrections and removals anywhere, also of the last readings and of some that come later or
    /// never; amendments, reports and facts between them.
    private static func edit(
        _ drive: [Point], _ name: String, _ uploads: inout [(String, Upload)],
        _ random: inout SplitMix
    ) {
        func put(_ content: Upload.Content, said: Said? = nil, by user: UserID = owner) {
            // Behind the owner's first word, before which there may be an end of nobody.
            let index = Int.random(in: 2...uploads.count, using: &random)
            uploads.insert((name, Upload(user: user, content: content, said: said)), at: index)
        }
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let isLast = Int.random(in: 0..<3, using: &random) == 0
            let index = isLast ? drive.count - 1 : Int.random(in: 0..<drive.count, using: &random)
            var point = drive[index]
            let key = PointKey(of: point)
            point.speedMetersPerHour += 40_000
            switch Int.random(in: 0..<5, using: &random) {
            case 0: put(.removal(key))
            case 1: put(.correction(key, point))
            case 2:
                point.timeMilliseconds += Int64.random(in: -30_000...30_000, using: &random)
                put(.correction(key, point))
            case 3:
                point.sequence += 1
                put(.correction(key, point))
            default: put(.removal(.sequence(1_000_000 + Int64(index))))
            }
        }
        put(.removal(PointKey(of: drive[0])), by: stranger)
        put(.amendment(Amendment(complete: false)))
        put(.amendment(Amendment(complete: true)))
        var facts = TripFacts()
        facts.fuelUsedGallons = 1
        put(.start, said: Said(trip: facts))
        guard let id = ReportID("report") else { preconditionFailure() }
        put(
            .report(
                ReportedPoint(
                    id: id, kind: 2, latitudeE7: 0, longitudeE7: 0,
                    timeMilliseconds: drive[0].timeMilliseconds)))
        uploads.append((name, Upload(user: owner, name: "named", content: .end)))
    }

    /// What the owner's edits leave of a drive that is known whole.
    private static func edited(_ drive: [Point], by uploads: [Upload]) -> [Point] {
        var left = Dictionary(uniqueKeysWithValues: drive.map { (PointKey(of: $0), $0) })
        for upload in uploads where upload.user == owner {
            switch upload.content {
            case .removal(let key): left[key] = nil
            case .correction(let key, let point):
                left[key] = nil
                left[PointKey(of: point)] = point
            default: break
            }
        }
        return left.values.sorted { $0.isBefore($1) }
    }
}
