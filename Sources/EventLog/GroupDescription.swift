/// A group as the log knows it.
public struct GroupDescription: Equatable, Sendable {
    /// A member that is there now.
    public struct Member: Equatable, Sendable {
        /// The name under which it joined.
        public var name: String
        /// Where it runs, as far as the log knows; empty where it does not.
        public var host: String
        /// What it holds; empty also where the log does not tell.
        public var partitions: [TopicPartition]

        /// A member.
        public init(name: String, host: String = "", partitions: [TopicPartition] = []) {
            self.name = name
            self.host = host
            self.partitions = partitions
        }
    }

    /// What the group is called.
    public var name: String
    /// `stable`, `rebalancing` or `empty`.
    public var state: String
    /// Its members, by name.
    public var members: [Member]

    /// A group.
    public init(name: String, state: String, members: [Member]) {
        self.name = name
        self.state = state
        self.members = members
    }
}
