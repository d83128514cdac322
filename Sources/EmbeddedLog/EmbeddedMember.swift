import EventLog
import Synchronization

/// One member's session in a group of an embedded log.
final class EmbeddedMember: GroupMember {
    private struct State {
        /// Nil once the session is over, which also lets go of the lease.
        var session: GroupSession?
        var cursors: [ReadCursor]
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
        let cursors = state.withLock { $0.cursors }
        while true {
            let (records, moved, batch) = try await log.readers.read { reader in
                try reader.check(session)
                var moved = cursors
                let records = try reader.records(from: &moved, limit: limit, rotation: rotation)
                return (records, moved, try reader.batch())
            }
            if !records.isEmpty || .now >= deadline || Task.isCancelled {
                state.withLock { $0.cursors = moved }
                return .records(records)
            }
            await log.bell.wait(after: batch, until: deadline)
        }
    }

    func rewind(to offsets: [TopicPartition: Int64]) async throws(LogError) {
        try await checkEpoch(try session())
        let unknown = state.withLock { state -> TopicPartition? in
            let known = Dictionary(
                uniqueKeysWithValues: state.cursors.indices.map {
                    (state.cursors[$0].topicPartition, $0)
                })
            if let unknown = offsets.keys.first(where: { known[$0] == nil }) { return unknown }
            for (topicPartition, offset) in offsets {
                if let index = known[topicPartition] { state.cursors[index].offset = offset }
            }
            return nil
        }
        if let unknown { throw .unknownPartition(unknown) }
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
