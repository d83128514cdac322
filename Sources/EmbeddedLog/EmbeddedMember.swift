import EventLog
import Synchronization

/// One member's session in a group of an embedded log.
final class EmbeddedMember: GroupMember {
    private struct State {
        /// Nil once the session is over, which also lets go of the lease.
        var session: GroupSession?
        var cursors: [ReadCursor]
        var paused: Set<TopicPartition> = []
        var isAssigned = false
        var rotation = 0
    }

    private let log: EmbeddedLog
    private let group: String
    private let state: Mutex<State>

    init(log: EmbeddedLog, session: GroupSession) {
        self.log = log
        group = session.group
        state = Mutex(State(session: session, cursors: session.cursors))
    }

    func poll(limit: ReadLimit, wait: Duration) async throws(LogError) -> Poll {
        let deadline = ContinuousClock.now + wait
        let session = try session()
        if let offsets = state.withLock({ assignment(&$0) }) {
            try await checkEpoch(session)
            return .assigned(offsets)
        }
        let rotation = state.withLock { state in
            state.rotation = (state.rotation + 1) & Int(Int32.max)
            return state.rotation
        }
        let cursors = state.withLock { state in
            state.cursors.filter { !state.paused.contains($0.topicPartition) }
        }
        while true {
            let (records, moved, batch) = try await log.readers.read { reader in
                try reader.check(session)
                var moved = cursors
                let records = try reader.records(from: &moved, limit: limit, rotation: rotation)
                return (records, moved, try reader.batch())
            }
            if !records.isEmpty || .now >= deadline || Task.isCancelled {
                state.withLock { move(&$0, to: moved) }
                return .records(records)
            }
            await log.bell.wait(after: batch, until: deadline)
        }
    }

    func rewind(to offsets: [TopicPartition: Int64]) async throws(LogError) {
        try await checkEpoch(try session())
        try mustHave(offsets.keys)
        state.withLock { state in
            for index in state.cursors.indices {
                guard let offset = offsets[state.cursors[index].topicPartition] else { continue }
                state.cursors[index].offset = offset
            }
        }
    }

    func pause(_ partitions: [TopicPartition]) async throws(LogError) {
        try mustHave(partitions)
        state.withLock { $0.paused.formUnion(partitions) }
    }

    func resume(_ partitions: [TopicPartition]) async throws(LogError) {
        try mustHave(partitions)
        state.withLock { $0.paused.subtract(partitions) }
    }

    func commit(
        outputs: [NewRecord], offsets: [TopicPartition: Int64]
    ) async throws(LogError) -> [Position] {
        let session = try session()
        return try await log.writer.write(
            records: outputs.count, bytes: outputs.reduce(0) { $0 + $1.bytes }
        ) { transaction in
            try transaction.commit(session, outputs: outputs, offsets: offsets)
        }
    }

    func leave() async {
        guard let session = state.withLock({ $0.session }) else { return }
        do {
            try await log.writer.write { transaction in try transaction.leave(session) }
        } catch {
            // The lease that goes now says the same as the row that stays.
        }
        state.withLock { $0.session = nil }
    }

    private func mustHave(_ partitions: some Sequence<TopicPartition>) throws(LogError) {
        let known = state.withLock { Set($0.cursors.map(\.topicPartition)) }
        for partition in partitions where !known.contains(partition) {
            throw .unknownPartition(partition)
        }
    }

    /// Takes over how far a read came; both are sorted by id.
    private func move(_ state: inout State, to moved: [ReadCursor]) {
        var index = 0
        for cursor in moved {
            while state.cursors[index].id != cursor.id { index += 1 }
            state.cursors[index] = cursor
        }
    }

    private func session() throws(LogError) -> GroupSession {
        guard let session = state.withLock({ $0.session }) else { throw .fenced(group: group) }
        return session
    }

    private func assignment(_ state: inout State) -> [TopicPartition: Int64]? {
        guard !state.isAssigned else { return nil }
        state.isAssigned = true
        return Dictionary(
            uniqueKeysWithValues: state.cursors.map { ($0.topicPartition, $0.offset) })
    }

    private func checkEpoch(_ session: GroupSession) async throws(LogError) {
        try await log.readers.read { reader in try reader.check(session) }
    }
}
