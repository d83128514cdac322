extension KafkaLog {
    /// What a commit of outputs and offsets promises.
    public enum Delivery: String, Sendable, CaseIterable {
        /// Outputs and offsets in one transaction; readers see neither half of one.
        case exactlyOnce = "exactly-once"
        /// Outputs first, then offsets: a crash in between repeats outputs. Keys are deterministic,
        /// so the last record of a key is the same.
        case atLeastOnce = "at-least-once"
    }

    /// One librdkafka property, as its CONFIGURATION.md names it.
    public struct Property: Equatable, Sendable {
        /// The property's name.
        public let name: String
        /// Its value.
        public let value: String

        /// A property.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }

        /// Reads `name=value`; nil where there is no `=` or no name.
        public init?(_ text: some StringProtocol) {
            guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
                return nil
            }
            self.init(String(text[..<equals]), String(text[text.index(after: equals)...]))
        }

        /// Whether the value must not be shown.
        public var isSecret: Bool {
            let words = ["password", "secret", "pem", "token", "oauthbearer.config", "jaas"]
            return words.contains { name.contains($0) }
        }
    }

    /// The cluster, how to talk to it, and the limits, all with names and all with a default.
    public struct Options: Sendable {
        /// Where to find the cluster: `host:port`, several with commas.
        public var brokers: String
        /// Comes before the name of every topic, group and transactional id, so that several
        /// installations can share a cluster; no name shows it.
        public var prefix = ""
        /// Properties passed to every client as they are; those that the guarantees rest on are
        /// refused.
        public var properties: [Property] = []
        /// What a member's commit promises.
        public var delivery = Delivery.exactlyOnce
        /// Replicas of topics that are made; -1 leaves it to the cluster.
        public var replicas = -1
        /// How long an append may take before it is answered `unavailable`.
        public var appendTimeout = Duration.milliseconds(800)
        /// How long a question about offsets, topics or groups may take.
        public var requestTimeout = Duration.seconds(10)
        /// How long a transaction may stay open; a dead worker's blocks readers for so long.
        public var transactionTimeout = Duration.seconds(10)
        /// Silence after which a member is taken for dead.
        public var sessionTimeout = Duration.seconds(10)
        /// How long a member may work between two polls before its partitions go to others.
        public var pollInterval = Duration.seconds(300)
        /// Records that may wait to be appended; beyond them ``LogError/queueFull(limit:)``.
        public var queuedRecords = 100_000
        /// Bytes that may wait to be appended, in KiB, as librdkafka counts them.
        public var queuedKilobytes = 65_536
        /// The largest record taken: key, value and headers together, in bytes.
        public var recordBytes = 900_000
        /// Bytes of records fetched ahead of a consumer.
        public var fetchedBytes = 16 << 20
        /// Consumers kept for reads outside groups.
        public var readers = 4

        /// The defaults, for these brokers.
        public init(brokers: String) {
            self.brokers = brokers
        }
    }
}
