import EventLog

/// What each kind of client is configured with.
struct ClientProperties: Sendable {
    private let options: KafkaLog.Options

    /// - Throws: `unusable` where a guarantee would be configured away.
    init(_ options: KafkaLog.Options) throws(LogError) {
        for property in options.properties where Self.kept.contains(property.name) {
            throw .unusable(
                reason: """
                    Kafka property \(property.name) cannot be set: what is promised about records \
                    rests on it
                    """)
        }
        self.options = options
    }

    /// Properties that stay as they are set here.
    static let kept: Set<String> = [
        "acks", "request.required.acks", "auto.offset.reset", "bootstrap.servers",
        "metadata.broker.list", "enable.auto.commit", "enable.auto.commit.interval.ms",
        "enable.auto.offset.store", "enable.idempotence", "enable.partition.eof", "group.id",
        "group.instance.id", "isolation.level", "message.timeout.ms", "delivery.timeout.ms",
        "transactional.id",
    ]

    /// An idempotent producer outside transactions.
    func appender() -> [KafkaLog.Property] {
        producer + user + [
            .init("message.timeout.ms", milliseconds(options.appendTimeout)),
            .init("enable.idempotence", "true"),
        ]
    }

    /// A producer of transactions.
    func transactions(id: String) -> [KafkaLog.Property] {
        producer + [
            .init("transaction.timeout.ms", milliseconds(options.transactionTimeout)),
            // The next transaction waits for the markers of the last by trying again.
            .init("retry.backoff.ms", "2"),
            .init("linger.ms", "1"),
        ] + user + [.init("transactional.id", id)]
    }

    /// A producer that waits for its records and has no transactions.
    func plainProducer() -> [KafkaLog.Property] {
        producer + user + [
            .init("enable.idempotence", "true"),
            .init("message.timeout.ms", milliseconds(options.transactionTimeout)),
        ]
    }

    /// A member of a group.
    func member(group: String, instance: String) -> [KafkaLog.Property] {
        consumer + [
            .init("partition.assignment.strategy", "cooperative-sticky"),
            .init("session.timeout.ms", milliseconds(options.sessionTimeout)),
            .init("heartbeat.interval.ms", "1000"),
            .init("max.poll.interval.ms", milliseconds(options.pollInterval)),
        ] + user + [
            .init("isolation.level", "read_committed"),
            .init("group.id", group),
            .init("group.instance.id", instance),
        ]
    }

    /// A consumer outside groups; knows where partitions end.
    func reader(isolation: String = "read_committed") -> [KafkaLog.Property] {
        consumer + user + [
            .init("isolation.level", isolation),
            .init("enable.partition.eof", "true"),
            // A consumer that is assigned partitions must name a group, also where it joins none.
            .init("group.id", options.prefix + "outside-groups"),
        ]
    }

    /// A consumer outside groups that takes next to nothing beyond what it is asked for: a
    /// partition brings its first record at least, however large, and that there is none is said
    /// at once.
    func peeker() -> [KafkaLog.Property] {
        // Without a low `queued.min.messages`: the mark of a transaction would fill such a queue,
        // and the next fetch wait for a second.
        reader() + [
            .init("fetch.message.max.bytes", "4096"), .init("fetch.wait.max.ms", "1"),
        ]
    }

    /// A consumer that commits for a group without being its member.
    func noter(group: String) -> [KafkaLog.Property] {
        consumer + user + [.init("group.id", group)]
    }

    /// A client that neither produces nor consumes.
    func administration() -> [KafkaLog.Property] { client + user }

    private var user: [KafkaLog.Property] { options.properties }

    private var client: [KafkaLog.Property] {
        [
            .init("bootstrap.servers", options.brokers),
            .init("client.id", "tacho"),
            // Brokers that come back are found soon.
            .init("reconnect.backoff.ms", "50"),
            .init("reconnect.backoff.max.ms", "1000"),
            .init("socket.nagle.disable", "true"),
            .init("socket.keepalive.enable", "true"),
            .init("topic.metadata.refresh.fast.interval.ms", "100"),
            .init("allow.auto.create.topics", "false"),
        ]
    }

    private var producer: [KafkaLog.Property] {
        client + [
            .init("acks", "all"),
            .init("linger.ms", "0"),
            .init("queue.buffering.max.messages", String(options.queuedRecords)),
            .init("queue.buffering.max.kbytes", String(options.queuedKilobytes)),
            .init("message.max.bytes", String(options.recordBytes + 100_000)),
        ]
    }

    private var consumer: [KafkaLog.Property] {
        client + [
            .init("enable.auto.commit", "false"),
            .init("enable.auto.offset.store", "false"),
            .init("auto.offset.reset", "error"),
            .init("fetch.wait.max.ms", "100"),
            .init("fetch.error.backoff.ms", "50"),
            .init("queued.max.messages.kbytes", String(options.fetchedBytes / 1_024)),
            .init("fetch.message.max.bytes", "1048576"),
        ]
    }

    private func milliseconds(_ duration: Duration) -> String {
        String(duration.milliseconds)
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}
