import EventLog
import Hummingbird
import NIOCore
import Projection
import Synchronization
import Testing
import Topics
import Trips
import Web

@testable import Reader

@Suite struct CatchUpTests {
    private static let request = Request(
        head: .init(method: .get, scheme: "http", authority: "localhost", path: "/"),
        body: .init(buffer: ByteBuffer()))

    private static func trip(_ name: String) -> TripID {
        guard let trip = TripID(name) else { preconditionFailure(name) }
        return trip
    }

    /// The owner that a read of a trip finds.
    private static func owner(
        _ name: String, _ reader: Reader, _ horizon: Reader.Horizon? = nil
    ) async throws -> String? {
        let trip = trip(name)
        return try await reader.current(horizon ?? .trip(trip), for: request) {
            try $0.owner(of: trip)?.user
        }
    }

    @Test func `a read shows what was on the log when it came`() async throws {
        try await Installation.run { installation in
            let reader = Reader(versions: installation.versions)
            #expect(try await Self.owner("t1", reader) == nil)
            let position = try await installation.upload(
                "t1", Upload(user: user("ann"), content: .start))
            async let found = Self.owner("t1", reader)
            try await until("the read waits") {
                installation.projector.visibility.waiterCount == 1
            }
            try await installation.score(message("t1"), after: position)
            #expect(try await found == "ann")
            #expect(try await Self.owner("t1", reader, .trips) == "ann")
            #expect(await reader.waits(for: position))
            #expect(try reader.glance { try $0.owner(of: Self.trip("t1"))?.isDeleted } == false)
        }
    }

    @Test func `what is not visible in time is said to be late, and other trips are not`()
        async throws
    {
        try await Installation.run(answers: .quick) { installation in
            let reader = Reader(versions: installation.versions)
            let position = try await installation.upload(
                "t1", Upload(user: user("ann"), content: .start))
            for horizon in [Reader.Horizon.trip(Self.trip("t1")), .trips] {
                let problem = try await #require(throws: Problem.self) {
                    try await Self.owner("t1", reader, horizon)
                }
                #expect(problem.status == .serviceUnavailable)
                #expect(problem.retryAfterSeconds == 1)
            }
            #expect(await !reader.waits(for: position))
            let other = try #require(
                (0..<100).map { "o\($0)" }
                    .first { installation.partition(of: $0) != installation.partition(of: "t1") })
            #expect(try await Self.owner(other, reader) == nil)
        }
    }

    @Test func `a read that waits while another version becomes live asks that one`()
        async throws
    {
        try await Installation.run { installation in
            try await installation.alongside(.second) { other in
                try await until("the second version reads") { other.lag != nil }
                let reader = Reader(versions: installation.versions)
                let position = try await installation.upload(
                    "t1", Upload(user: user("ann"), content: .start))
                async let found = Self.owner("t1", reader)
                try await until("the read waits") {
                    installation.projector.visibility.waiterCount == 1
                }
                #expect(await installation.versions.turn(to: .second))
                try await installation.score(message("t1"), after: position, version: .second)
                #expect(try await found == "ann")
            }
        }
    }

    @Test func `many who ask where the log ends are told by few looks, none older than they`()
        async throws
    {
        let log = CountedLog()
        let ends = LogEnds(of: Topics.tripUploads.name)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    let before = log.end
                    let found = try await ends.ends(on: log)
                    #expect(found[0] ?? -1 >= before)
                    log.grow()
                }
            }
            try await group.waitForAll()
        }
        #expect(log.looks < 150)
        #expect(try await ends.ends(on: log)[0] == 200)
    }

    @Test func `marks at a partition's end are looked for once, and are visible then`()
        async throws
    {
        let log = CountedLog()
        let ends = LogEnds(of: Topics.tripUploads.name)
        let visibility = Visibility()
        visibility.rise(to: [0: 3, 1: 3])
        async let wait = visibility.wait(partition: 0, offset: 4, atMost: .seconds(20))
        try await until("somebody waits") { visibility.waiterCount == 1 }
        for _ in 0..<50 { ends.look(in: 0, before: 5, of: visibility, on: log) }
        #expect(await wait == .visible)
        #expect(log.reads == 1)
        #expect(visibility.next(of: 0) == 5)
        // Another version need not know of the marks to show as much.
        #expect(visibility.all == [0: 3, 1: 3])
        // What is visible is not looked for.
        ends.look(in: 0, before: 5, of: visibility, on: log)
        #expect(log.reads == 1)
        // A projector that begins anew shows nothing by what another one had shown.
        visibility.fall()
        visibility.rise(past: 3..<5, of: 0)
        #expect(visibility.next(of: 0) == 0)
        visibility.rise(to: [0: 3])
        #expect(visibility.next(of: 0) == 5)
    }

    @Test func `marks behind an upload that is scored late are not waited for`() async throws {
        try await Installation.run { installation in
            let log = MarkedLog(installation.log)
            try await installation.alongside(.second, over: log) { other in
                try await until("the second version reads") { other.lag != nil }
                let reader = Reader(versions: ServedVersions(live: other, settings: .patient))
                let position = try await installation.upload(
                    "t1", Upload(user: user("ann"), content: .start))
                for horizon in [Reader.Horizon.trip(Self.trip("t1")), .trips] {
                    let looks = log.looks
                    async let found = reader.current(horizon, for: Self.request) {
                        try $0.owner(of: Self.trip("t1"))?.user
                    }
                    // It has been looked for what is missing, and an upload was there.
                    try await until("somebody looks") { log.looks > looks }
                    try await installation.score(
                        message("t1"), after: position, version: .second)
                    #expect(try await found == "ann")
                }
            }
        }
    }
}

/// A log that has the mark of a transaction behind the last record of each partition.
private final class MarkedLog: EventLog {
    private let log: any EventLog
    private let taken = Mutex(0)

    init(_ log: any EventLog) { self.log = log }

    /// Reads of those who did not wait.
    var looks: Int { taken.withLock { $0 } }

    func offsets(of topic: TopicName) async throws(LogError) -> [TopicPartition: Range<Int64>] {
        try await log.offsets(of: topic).mapValues { $0.lowerBound..<$0.upperBound + 1 }
    }

    func read(
        from offsets: [TopicPartition: Int64], limit: ReadLimit, wait: Duration
    ) async throws(LogError) -> [Record] {
        if wait == .zero { taken.withLock { $0 += 1 } }
        return try await log.read(from: offsets, limit: limit, wait: wait)
    }

    func create(_ topics: [TopicSpecification]) async throws(LogError) {
        try await log.create(topics)
    }
    func topics() async throws(LogError) -> [TopicSpecification] { try await log.topics() }
    func append(_ records: [NewRecord]) async throws(LogError) -> [Position] {
        try await log.append(records)
    }
    func offsets(
        of topic: TopicName, at timestampMilliseconds: Int64
    ) async throws(LogError) -> [TopicPartition: Int64] {
        try await log.offsets(of: topic, at: timestampMilliseconds)
    }
    func decidedOffsets(of topic: TopicName) async throws(LogError) -> [TopicPartition: Int64] {
        try await log.decidedOffsets(of: topic)
    }
    func committed(group: String) async throws(LogError) -> [TopicPartition: Int64] {
        try await log.committed(group: group)
    }
    func note(_ offsets: [TopicPartition: Int64], readBy group: String) async throws(LogError) {
        try await log.note(offsets, readBy: group)
    }
    func groups() async throws(LogError) -> [GroupDescription] { try await log.groups() }
    func join(
        group: String, topics: [TopicName], member: String
    ) async throws(LogError) -> any GroupMember {
        try await log.join(group: group, topics: topics, member: member)
    }
    func close() async { await log.close() }
}

/// A log that grows, and is slow to say so; it has no records.
private final class CountedLog: EventLog {
    private let state = Mutex((end: Int64(0), looks: 0, reads: 0))

    var end: Int64 { state.withLock { $0.end } }
    var looks: Int { state.withLock { $0.looks } }
    var reads: Int { state.withLock { $0.reads } }

    func grow() { state.withLock { $0.end += 1 } }

    func offsets(of topic: TopicName) async throws(LogError) -> [TopicPartition: Range<Int64>] {
        let end = state.withLock { state in
            state.looks += 1
            return state.end
        }
        for _ in 0..<20 { await Task.yield() }
        return [TopicPartition(topic, 0): 0..<end]
    }

    func read(
        from offsets: [TopicPartition: Int64], limit: ReadLimit, wait: Duration
    ) async throws(LogError) -> [Record] {
        state.withLock { $0.reads += 1 }
        for _ in 0..<20 { await Task.yield() }
        return []
    }

    func create(_ topics: [TopicSpecification]) async throws(LogError) { throw Self.unasked }
    func topics() async throws(LogError) -> [TopicSpecification] { throw Self.unasked }
    func append(_ records: [NewRecord]) async throws(LogError) -> [Position] { throw Self.unasked }
    func offsets(
        of topic: TopicName, at timestampMilliseconds: Int64
    ) async throws(LogError) -> [TopicPartition: Int64] { throw Self.unasked }
    func decidedOffsets(of topic: TopicName) async throws(LogError) -> [TopicPartition: Int64] {
        throw Self.unasked
    }
    func committed(group: String) async throws(LogError) -> [TopicPartition: Int64] {
        throw Self.unasked
    }
    func note(_ offsets: [TopicPartition: Int64], readBy group: String) async throws(LogError) {
        throw Self.unasked
    }
    func groups() async throws(LogError) -> [GroupDescription] { throw Self.unasked }
    func join(
        group: String, topics: [TopicName], member: String
    ) async throws(LogError) -> any GroupMember { throw Self.unasked }
    func close() async {}

    private static let unasked = LogError.unavailable(reason: "nobody asks this")
}
