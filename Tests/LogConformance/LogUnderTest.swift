public import EventLog

/// A fresh log of the engine under test, and what the checks must know of the engine.
public struct LogUnderTest: Sendable {
    /// The log.
    public let log: any EventLog
    /// Opens the same log once more, as another process would.
    public let openAgain: @Sendable () async throws -> any EventLog
    /// Sets the log's clock, in milliseconds since 1970; nil where the engine's time is its own.
    /// No check is left out for that: those that set the clock then take the times as they come.
    public let setTime: (@Sendable (Int64) -> Void)?
    /// Appends a record that the log is to have taken at a time, where its clock cannot be set.
    public let appendAt: (@Sendable (Int64, NewRecord) async throws -> Void)?
    /// Comes before every topic's and group's name, for engines that cannot start empty.
    public let prefix: String
    /// Whether a group may have several members, so that none is refused.
    public let allowsSeveralMembers: Bool
    /// The largest record that the engine takes, in bytes.
    public let recordLimit: Int

    /// A log to check.
    public init(
        log: any EventLog, openAgain: @escaping @Sendable () async throws -> any EventLog,
        setTime: (@Sendable (Int64) -> Void)?,
        appendAt: (@Sendable (Int64, NewRecord) async throws -> Void)? = nil, prefix: String = "",
        allowsSeveralMembers: Bool, recordLimit: Int
    ) {
        self.appendAt = appendAt
        self.log = log
        self.openAgain = openAgain
        self.setTime = setTime
        self.prefix = prefix
        self.allowsSeveralMembers = allowsSeveralMembers
        self.recordLimit = recordLimit
    }
}

extension LogUnderTest {
    /// Makes a topic and returns its name.
    func topic(_ name: String = "a", partitions: Int = 1) async throws -> TopicName {
        guard let name = TopicName(prefix + name) else {
            throw CheckFailure(description: "\(prefix)\(name) is no topic name")
        }
        try await log.create([TopicSpecification(name: name, partitions: partitions)])
        return name
    }

    /// Appends records with these values to one partition.
    @discardableResult
    func append(_ values: [String], to topicPartition: TopicPartition) async throws -> [Position] {
        try await log.append(values.map { record($0, to: topicPartition) })
    }

    /// Appends a record at a time, in milliseconds since 1970.
    func append(_ value: String, to topicPartition: TopicPartition, at time: Int64) async throws {
        if let appendAt { return try await appendAt(time, record(value, to: topicPartition)) }
        setTime?(time)
        try await append([value], to: topicPartition)
    }

    /// Reads all there is from a partition.
    func all(_ topicPartition: TopicPartition, from offset: Int64 = 0) async throws -> [Record] {
        var records: [Record] = []
        var next = offset
        while true {
            let more = try await log.read(
                from: [topicPartition: next], limit: ReadLimit(), wait: .zero)
            guard let last = more.last else { return records }
            records += more
            next = last.position.offset + 1
        }
    }
}

func record(_ value: String, to topicPartition: TopicPartition) -> NewRecord {
    NewRecord(to: topicPartition, key: Array("k".utf8), value: Array(value.utf8))
}

func texts(_ records: [Record]) -> [String] {
    records.map { String(decoding: $0.value ?? [], as: UTF8.self) }
}
