import EventLog
import Synchronization

/// A real log whose commits and reads fail when they are told to, and that may keep marks of its
/// own behind the last record, as a cluster does.
final class FaultyLog: EventLog {
    private let log: any EventLog
    private let failing: Set<Int>
    private let lost: Int
    private let unanswered: Set<Int>
    private let commits = Mutex(0)
    private let calls = Mutex(0)
    private let failsEach: Int?
    private let marks: Int64
    private let appends = Mutex(0)
    private let failAppend: Int
    private let losesAnswer: Bool
    private let slowness: Duration?
    private let onCommitted: (@Sendable () async -> Void)?

    /// - Parameters:
    ///   - failCommits: commits, from 1, that fail in passing.
    ///   - loseAnswers: commits, from 1, that are done and seem to have failed in passing.
    ///   - loseCommit: the commit after which the worker is dead to the log.
    ///   - failsEach: of the reads and questions for offsets, the so many-th fails in passing, and
    ///     the twice, four times, … so many-th.
    ///   - marks: offsets without a record behind the last one of each partition.
    ///   - failAppend: the append, from 1, that fails in passing.
    ///   - losesAnswer: whether that one was done all the same.
    ///   - slowness: how long each read takes, which then brings three records at most.
    ///   - onCommitted: what goes on elsewhere before positions are told.
    init(
        _ log: any EventLog, failCommits: Set<Int> = [], loseAnswers: Set<Int> = [],
        loseCommit: Int = .max,
        failsEach: Int? = nil, marks: Int64 = 0, failAppend: Int = .max, losesAnswer: Bool = false,
        slowness: Duration? = nil, onCommitted: (@Sendable () async -> Void)? = nil
    ) {
        self.marks = marks
        self.failAppend = failAppend
        self.losesAnswer = losesAnswer
        self.slowness = slowness
        self.onCommitted = onCommitted
        self.failsEach = failsEach
        self.log = log
        failing = failCommits
        lost = loseCommit
        unanswered = loseAnswers
    }

    fileprivate func afterCommit(_ number: Int) throws(LogError) {
        if unanswered.contains(number) {
            throw .unavailable(reason: "the answer to commit \(number) is to be lost")
        }
    }

    fileprivate func beforeCommit() throws(LogError) -> Int {
        let number = commits.withLock { commits in
            commits += 1
            return commits
        }
        if failing.contains(number) { throw .unavailable(reason: "commit \(number) is to fail") }
        if number >= lost { throw .fenced(group: "any") }
        return number
    }

    private func beforeRead() throws(LogError) {
        guard let failsEach else { return }
        let number = calls.withLock { calls in
            calls += 1
            return calls
        }
        // Ever rarer, so that what needs many reads comes to its end.
        let turn = number / failsEach
        if number % failsEach == 0, turn & (turn - 1) == 0 {
            throw .unavailable(reason: "read \(number) is to fail")
        }
    }

    func create(_ topics: [TopicSpecification]) async throws(LogError) {
        try await log.create(topics)
    }

    func topics() async throws(LogError) -> [TopicSpecification] { try await log.topics() }

    func append(_ records: [NewRecord]) async throws(LogError) -> [Position] {
        let number = appends.withLock { appends in
            appends += 1
            return appends
        }
        guard number == failAppend else { return try await log.append(records) }
        if losesAnswer { _ = try await log.append(records) }
        throw .unavailable(reason: "append \(number) is to fail")
    }

    func read(
        from offsets: [TopicPartition: Int64], limit: ReadLimit, wait: Duration
    ) async throws(LogError) -> [Record] {
        try beforeRead()
        // Few at a time, so that a trip is brought back by many reads.
        let isWhole = failsEach == nil && slowness == nil
        if let slowness { try? await Task.sleep(for: slowness) }
        return try await log.read(
            from: offsets, limit: isWhole ? limit : ReadLimit(records: 3), wait: wait)
    }

    func offsets(of topic: TopicName) async throws(LogError) -> [TopicPartition: Range<Int64>] {
        try beforeRead()
        return try await log.offsets(of: topic).mapValues {
            $0.lowerBound..<$0.upperBound + marks
        }
    }

    func offsets(
        of topic: TopicName, at timestampMilliseconds: Int64
    ) async throws(LogError) -> [TopicPartition: Int64] {
        try await log.offsets(of: topic, at: timestampMilliseconds)
    }

    func decidedOffsets(of topic: TopicName) async throws(LogError) -> [TopicPartition: Int64] {
        try beforeRead()
        return try await log.decidedOffsets(of: topic).mapValues { $0 + marks }
    }

    func note(_ offsets: [TopicPartition: Int64], readBy group: String) async throws(LogError) {
        try await log.note(offsets, readBy: group)
    }

    func groups() async throws(LogError) -> [GroupDescription] { try await log.groups() }

    func committed(group: String) async throws(LogError) -> [TopicPartition: Int64] {
        await onCommitted?()
        return try await log.committed(group: group)
    }

    func join(
        group: String, topics: [TopicName], member: String
    ) async throws(LogError) -> any GroupMember {
        FaultyMember(
            log: self, member: try await log.join(group: group, topics: topics, member: member))
    }

    func close() async { await log.close() }
}

private struct FaultyMember: GroupMember {
    let log: FaultyLog
    let member: any GroupMember

    func poll(limit: ReadLimit, wait: Duration) async throws(LogError) -> Poll {
        try await member.poll(limit: limit, wait: wait)
    }

    func rewind(to offsets: [TopicPartition: Int64]) async throws(LogError) {
        try await member.rewind(to: offsets)
    }

    func pause(_ partitions: [TopicPartition]) async throws(LogError) {
        try await member.pause(partitions)
    }

    func resume(_ partitions: [TopicPartition]) async throws(LogError) {
        try await member.resume(partitions)
    }

    func commit(
        outputs: [NewRecord], offsets: [TopicPartition: Int64]
    ) async throws(LogError) -> [Position] {
        let number = try log.beforeCommit()
        let positions = try await member.commit(outputs: outputs, offsets: offsets)
        try log.afterCommit(number)
        return positions
    }

    func leave() async { await member.leave() }
}
