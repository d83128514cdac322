import EventLog
import Pipeline
import SeededRandom
import Testing
import Topics
import Trips

/// What phones sent, in the order in which it came to the log.
private struct Sent {
    let uploads: [(phone: UserDevice, points: [Point])]

    /// Phones of two users that drive, stand and lose their network; one tells of the past late.
    init(seed: UInt64, phones: Int) {
        var random = SplitMix(seed: seed)
        var queues: [[(UserDevice, [Point])]] = []
        for number in 0..<phones {
            let phone = UserDevice(
                user: number % 3 == 0 ? Traffic.stranger : Traffic.owner,
                device: DeviceID(anyText: "phone \(number)"))
            var points = Self.day(&random)
            if number % 2 == 1 {
                let from = Int.random(in: points.indices, using: &random)
                let late = points[from...].prefix(20)
                points.removeSubrange(late.indices)
                points += late
            }
            var queue: [(UserDevice, [Point])] = []
            while !points.isEmpty {
                let request = Array(points.prefix(Int.random(in: 1...9, using: &random)))
                points.removeFirst(request.count)
                queue.append((phone, request))
                if Int.random(in: 0..<6, using: &random) == 0 { queue.append((phone, request)) }
            }
            queues.append(queue)
        }
        var uploads: [(UserDevice, [Point])] = []
        while let index = queues.indices.filter({ !queues[$0].isEmpty }).randomElement(
            using: &random)
        {
            uploads.append(queues[index].removeFirst())
        }
        self.uploads = uploads
    }

    private static func day(_ random: inout SplitMix) -> [Point] {
        var seconds: Int64 = 0
        var north = 480_000_000.0
        return (0..<4).flatMap { part in
            seconds += part == 2 ? 5_000 : 0
            return (0..<40).map { _ in
                seconds += 10
                if part % 2 == 0 { north += Double.random(in: 5_000...15_000, using: &random) }
                return Point(
                    timeMilliseconds: 1_790_000_000_000 + seconds * 1_000,
                    latitudeE7: Int32(north), longitudeE7: 110_000_000,
                    speedMetersPerHour: part % 2 == 0 ? 40_000 : 0)
            }
        }
    }

    /// The points of each trip in the order in which they were put there, and whose it is.
    var trips: [String: Said] {
        var phones: [UserDevice: DeviceTrips] = [:]
        var trips: [String: Said] = [:]
        for (phone, points) in uploads {
            for point in points {
                switch phones[phone, default: DeviceTrips()].absorb(point, limits: CutLimits()) {
                case .forgotten: break
                case .effects(let effects), .resting(let effects):
                    for effect in effects {
                        switch effect {
                        case .add(let points, let first):
                            let trip = phone.trip(firstMilliseconds: first).rawValue
                            trips[trip, default: Said(user: phone.user)].points += points
                        case .end(let first):
                            let trip = phone.trip(firstMilliseconds: first).rawValue
                            trips[trip, default: Said(user: phone.user)].ends += 1
                        }
                    }
                }
            }
        }
        return trips
    }
}

/// What is on the log of one trip.
private struct Said: Equatable {
    var user: UserID?
    var points: [Point] = []
    var ends = 0
}

extension Installation {
    fileprivate func append(_ sent: Sent) async throws {
        for (phone, points) in sent.uploads {
            let record = Topics.devicePoints.record(
                partition: Partitioner.partition(of: phone.key.utf8, count: Self.partitions),
                key: phone.key, value: Upload(user: phone.user, content: .points(points)))
            _ = try await log.append([record])
        }
    }

    /// Runs a cutter until it has committed everything, then stops it.
    fileprivate func cut(
        on log: (any EventLog)? = nil, batch: Int = 7, member: String = "test"
    ) async throws {
        var settings = CutterSettings(member: member)
        settings.batch.records = batch
        settings.pollWait = .milliseconds(20)
        settings.pointsOfRecord = 5
        let cutter = Cutter(log: log ?? self.log, settings: settings)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await cutter.run() }
            group.addTask { try await self.wait { try await self.isCut() } }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    fileprivate func isCut() async throws -> Bool {
        let committed = try await log.committed(group: Topics.cutterGroup)
        return try await log.offsets(of: Topics.devicePoints.name).allSatisfy {
            $1.upperBound == 0 || committed[$0] == $1.upperBound
        }
    }

    /// Every trip on the log, its points with as many repeats as there are records of them.
    fileprivate func said() async throws -> [String: Said] {
        var trips: [String: Said] = [:]
        for record in try await records(of: Topics.tripUploads.name) {
            let upload = try Topics.tripUploads.decode(record.value ?? [])
            let trip = String(decoding: record.key, as: UTF8.self)
            #expect(
                record.position.topicPartition.partition
                    == Partitioner.partition(of: record.key, count: Self.partitions))
            trips[trip, default: Said(user: upload.user)].user = upload.user
            switch upload.content {
            case .points(let points): trips[trip]?.points += points
            case .end: trips[trip]?.ends += 1
            case .start, .deletion, .amendment, .correction, .removal, .report:
                Issue.record("a cutter says no such thing")
            }
        }
        return trips
    }
}

@Suite struct CutterTests {
    @Test(arguments: (1...6).map { ($0, Engine.embedded) } + [(2, .kafka), (4, .kafka)])
    func `a crash at any commit leaves no position in two trips and none out`(
        crash: Int, engine: Engine
    ) async throws {
        let there = try await Installation(engine)
        let sent = Sent(seed: UInt64(crash), phones: 7)
        try await there.append(sent)
        let faulty = FaultyLog(there.log, loseCommit: crash)
        await #expect(throws: LogError.self) { try await there.cut(on: faulty) }
        try await there.cut()
        try await #expect(there.said() == sent.trips, "seed \(crash)")
        #expect(sent.trips.values.contains { $0.ends > 0 })
    }

    @Test(arguments: 10...14)
    func `commits that fail, or whose answers are lost, change nothing`(seed: Int) async throws {
        let there = try await Installation()
        let sent = Sent(seed: UInt64(seed), phones: 7)
        try await there.append(sent)
        let faulty = FaultyLog(
            there.log, failCommits: [1, 4, 6], loseAnswers: [2, 5, 9], failsEach: 3)
        try await there.cut(on: faulty)
        try await #expect(there.said() == sent.trips, "seed \(seed)")
    }

    @Test func `trips go on where they were after a restart, and repeats change no state`()
        async throws
    {
        let there = try await Installation()
        let sent = Sent(seed: 20, phones: 4)
        try await there.append(sent)
        try await there.cut(batch: 100)
        try await #expect(there.said() == sent.trips)
        let states = try await there.records(of: Topics.deviceTrips.name).count
        // Whatever was in a trip is, once more, in the same one.
        let homes = try await Set(
            there.said().flatMap { trip, said in
                said.points.map { "\(trip) \($0.timeMilliseconds)" }
            })
        try await there.append(sent)
        try await there.cut(batch: 100, member: "another")
        let again = try await Set(
            there.said().flatMap { trip, said in
                said.points.map { "\(trip) \($0.timeMilliseconds)" }
            })
        #expect(again.isSuperset(of: homes))
        let moments = Set(again.map { $0.split(separator: " ")[1] + $0.prefix(22) })
        #expect(moments.count == again.count, "no moment of a phone is in two trips")
        try await #expect(there.records(of: Topics.deviceTrips.name).count >= states)
    }

    @Test func `two cutters share a cluster's partitions`() async throws {
        let there = try await Installation(.kafka)
        let sent = Sent(seed: 30, phones: 8)
        try await there.append(sent)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await there.cut(member: "one") }
            group.addTask { try await there.cut(member: "two") }
            try await group.waitForAll()
        }
        try await #expect(there.said() == sent.trips)
    }

    @Test func `a record that nobody can use is passed over`() async throws {
        let there = try await Installation()
        let sent = Sent(seed: 40, phones: 1)
        let partition = Partitioner.partition(
            of: sent.uploads[0].phone.key.utf8, count: Installation.partitions)
        let topic = TopicPartition(Topics.devicePoints.name, partition)
        let key = Array(sent.uploads[0].phone.key.utf8)
        _ = try await there.log.append([
            NewRecord(to: topic, key: key, value: [1, 2, 3]),
            NewRecord(to: topic, key: [0xff], value: nil),
            NewRecord(to: topic, key: key, value: nil),
            Topics.devicePoints.record(
                partition: partition, key: "ann\u{0}a",
                value: Upload(user: Traffic.stranger, content: .start)),
        ])
        try await there.append(sent)
        try await there.cut()
        try await #expect(there.said() == sent.trips)
    }

    @Test(arguments: 0..<50)
    func `what is known of a phone is the same after its way over the wire`(
        seed: UInt64
    ) throws {
        var phone = DeviceTrips()
        for point in Sent(seed: seed, phones: 2).uploads.flatMap(\.points) {
            _ = phone.absorb(point, limits: CutLimits())
            let bytes = Topics.deviceTrips.encode(phone)
            #expect(try Topics.deviceTrips.decode(bytes) == phone)
        }
        #expect(throws: Undecodable.self) { try Topics.deviceTrips.decode([0xff, 1, 2]) }
    }
}
