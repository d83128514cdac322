import EventLog
import Logging
import Synchronization
import Threads

/// One member's session in a group on a cluster.
final class KafkaMember: GroupMember {
    private struct State {
        /// Nil after a commit whose outcome is not known, until ``mend()``.
        var line: ProducerLine?
        var hasLeft = false
    }

    private let group: String
    private let name: String
    private let options: KafkaLog.Options
    private let properties: ClientProperties
    private let cluster: Cluster
    private let consumer: GroupConsumer
    private let state: Mutex<State>
    private let logger = Logger(label: "tacho.kafka.member")

    /// Takes over from a session of the same name: its open transaction is ended, and it is fenced.
    static func join(
        group: String, topics: [TopicName], member: String, _ options: KafkaLog.Options,
        _ properties: ClientProperties, _ cluster: Cluster
    ) throws(LogError) -> KafkaMember {
        for topic in topics { _ = try cluster.partitions(of: topic) }
        let producer = try OutputProducer(name: "\(group).\(member)", options, properties)
        let consumer = try GroupConsumer.join(
            group: group, topics: topics, instance: member, options, properties, cluster)
        return KafkaMember(
            group: group, name: member, options, properties, cluster, consumer,
            ProducerLine(producer))
    }

    private init(
        group: String, name: String, _ options: KafkaLog.Options, _ properties: ClientProperties,
        _ cluster: Cluster, _ consumer: GroupConsumer, _ line: ProducerLine
    ) {
        self.group = group
        self.name = name
        self.options = options
        self.properties = properties
        self.cluster = cluster
        self.consumer = consumer
        state = Mutex(State(line: line))
    }

    func poll(limit: ReadLimit, wait: Duration) async throws(LogError) -> Poll {
        try await mend()
        return try await consumer.poll(limit: limit, wait: wait)
    }

    func rewind(to offsets: [TopicPartition: Int64]) async throws(LogError) {
        try mustBeHere()
        try consumer.mustHaveHeld(offsets.keys)
        try await consumer.move(to: offsets)
    }

    func pause(_ partitions: [TopicPartition]) async throws(LogError) {
        try mustBeHere()
        try consumer.mustHaveHeld(partitions)
        consumer.pause(partitions)
    }

    func resume(_ partitions: [TopicPartition]) async throws(LogError) {
        try mustBeHere()
        try consumer.mustHaveHeld(partitions)
        consumer.resume(partitions)
    }

    func commit(
        outputs: [NewRecord], offsets: [TopicPartition: Int64]
    ) async throws(LogError) -> [Position] {
        try mustBeHere()
        guard let line = state.withLock({ $0.line }) else {
            throw .unavailable(reason: "the last commit's outcome is not known yet")
        }
        let answer = await line.run(atMost: options.transactionTimeout * 3) {
            [self] producer -> Result<[Position], LogError> in
            do throws(LogError) {
                return .success(try commit(outputs, offsets, by: producer))
            } catch {
                return .failure(error)
            }
        }
        guard let answer else {
            // A call of the client overran its limits: whatever it does, a new producer voids it.
            giveUp()
            throw .unavailable(reason: "a commit hangs")
        }
        return try answer.get()
    }

    func leave() async {
        let isFirst = state.withLock { state in
            defer { state.hasLeft = true }
            return !state.hasLeft
        }
        guard isFirst else { return }
        await consumer.close(.fenced(group: group))
        giveUp()
    }

    private func giveUp() {
        let line = state.withLock { state in
            defer { state.line = nil }
            return state.line
        }
        line?.stop()
    }

    private func commit(
        _ outputs: [NewRecord], _ offsets: [TopicPartition: Int64], by producer: OutputProducer
    ) throws(LogError) -> [Position] {
        for output in outputs {
            let bytes = output.bytes
            guard bytes <= options.recordBytes else {
                throw .recordTooLarge(bytes: bytes, limit: options.recordBytes)
            }
            try cluster.check(output.topicPartition)
        }
        try consumer.beginCommit(of: offsets.keys)
        defer { consumer.endCommit() }
        do throws(CommitFailure) {
            let found = try producer.commit(
                outputs: outputs, offsets: offsets, of: consumer.handle)
            return zip(outputs, found).map { Position($0.topicPartition, offset: $1) }
        } catch {
            switch error {
            case .aborted(let reason): throw .unavailable(reason: reason)
            case .unknown(let reason):
                giveUp()
                throw .unavailable(reason: reason)
            case .fenced(let reason):
                giveUp()
                if becomesFenced() { throw .fenced(group: group) }
                // A transaction that took too long looks the same to a producer.
                throw .unavailable(reason: reason)
            }
        }
    }

    /// Whether the consumer, too, is told that another session has its name; heartbeats tell soon.
    private func becomesFenced() -> Bool {
        let pause = Signal()
        let deadline = ContinuousClock.now + .seconds(5)
        while .now < deadline {
            if consumer.isFenced { return true }
            pause.wait(milliseconds: 20)
        }
        return false
    }

    /// Makes a new producer where the last one is of no use, and goes on from what is committed.
    private func mend() async throws(LogError) {
        try mustBeHere()
        guard state.withLock({ $0.line == nil }), !consumer.isFenced else { return }
        logger.warning("a new producer begins", metadata: ["group": "\(group)"])
        let line = try await ProducerLine.begin { [self] () throws(LogError) in
            try OutputProducer(name: "\(group).\(name)", options, properties)
        }
        do throws(LogError) {
            try await consumer.begin()
        } catch {
            line.stop()
            throw error
        }
        state.withLock { $0.line = line }
    }

    private func mustBeHere() throws(LogError) {
        if state.withLock({ $0.hasLeft }) || consumer.isFenced { throw .fenced(group: group) }
    }
}
