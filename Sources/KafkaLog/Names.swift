internal import CRdkafka
import EventLog

/// Names as the cluster has them: with the installation's prefix.
struct Names: Sendable {
    let prefix: String

    /// A topic's name on the cluster.
    func wire(_ topic: TopicName) -> String { prefix + topic.rawValue }

    /// A group's name, or a transactional id, on the cluster.
    func wire(_ group: String) -> String { prefix + group }

    /// The topic of that name on the cluster; nil where it is not of this installation.
    func topic(_ wire: String) -> TopicName? {
        guard wire.hasPrefix(prefix), !wire.hasPrefix("__") else { return nil }
        return TopicName(String(wire.dropFirst(prefix.count)))
    }

    /// The group of that name on the cluster; nil where it is not of this installation.
    func group(_ wire: String) -> String? {
        wire.hasPrefix(prefix) ? String(wire.dropFirst(prefix.count)) : nil
    }
}
