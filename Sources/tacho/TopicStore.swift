import EmbeddedLog
import EventLog
import KafkaLog
import TopicPlans

/// A log whose topics can be looked at, made and changed.
protocol TopicStore: Sendable {
    /// The topics as they are, and what the log is able to know of them.
    func survey() async throws(LogError) -> ActualLog

    /// Makes topics as files want them; those that exist stay as they are.
    func make(_ topics: [DesiredTopic]) async throws(LogError)

    /// Changes settings of a topic, all at once; its other settings stay.
    func change(_ settings: [String: String], of topic: TopicName) async throws(LogError)
}

extension KafkaLog: TopicStore {}

extension EmbeddedLog: TopicStore {
    func survey() async throws(LogError) -> ActualLog {
        ActualLog(embedded: try await topics())
    }

    func make(_ topics: [DesiredTopic]) async throws(LogError) {
        try await create(topics.map { TopicSpecification($0) })
    }

    func change(_ settings: [String: String], of topic: TopicName) async throws(LogError) {
        guard var changed = try await topics().first(where: { $0.name == topic }) else {
            throw .unknownPartition(TopicPartition(topic, 0))
        }
        changed.set(settings)
        try await change([changed])
    }
}
