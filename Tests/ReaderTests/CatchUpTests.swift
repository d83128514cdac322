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
        try await Installation.run { installation in
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
                try await until("the second version reads") { !other.health.isRebuilding }
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

    @Test func `marks at a partition's end are not waited for more than once`() async throws {
        let log = CountedLog()
        let ends = LogEnds(of: Topics.tripUploads.name)
        #expect(!ends.hasNothing(in: 0, from: 3, to: 5))
        #expect(try await ends.findsNothing(in: 0, from: 3, to: 5, on: log))
        #expect(ends.hasNothing(in: 0, from: 3, to: 5))
        #expect(ends.hasNothing(in: 0, from: 4, to: 5))
        #expect(!ends.hasNothing(in: 0, from: 3, to: 6))
        #expect(!ends.hasNothing(in: 0, from: 2, to: 5))
    }
}

/// A log that grows, and is slow to say so; it has no records.
private final class CountedLog: EventLog {
    private let state = Mutex((end: Int64(0), looks: 0))

    var end: Int64 { state.withLock { $0.end } }
    var looks: Int { state.withLock { $0.looks } }

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
    ) async throws(LogError) -> [Record] { [] }

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
