/// How a topic differs from what a file says.
public enum TopicDifference: Equatable, Sendable {
    /// It is not there.
    case missing(DesiredTopic)
    /// It is split otherwise.
    case partitions(has: Int, wanted: Int)
    /// It is kept more or less often.
    case replicas(has: Int, wanted: Int)
    /// A setting has another value, its own or the cluster's; nil where that is secret or unknown.
    case setting(String, has: String?, wanted: String)
    /// A setting was made on the topic that its file does not name.
    case unnamedSetting(String, has: String?)
    /// No file describes it.
    case undescribed
}
