/// A name and a value beside a record's own value.
public struct Header: Hashable, Sendable {
    /// The header's name.
    public let name: String
    /// The header's value, any bytes.
    public let value: [UInt8]

    /// A header with any bytes.
    public init(_ name: String, _ value: [UInt8]) {
        self.name = name
        self.value = value
    }

    /// A header with text, as UTF-8.
    public init(_ name: String, _ value: String) {
        self.init(name, Array(value.utf8))
    }
}

/// A record still to be appended.
public struct NewRecord: Equatable, Sendable {
    /// The partition that it goes to: chosen by the sender, on either engine.
    public var topicPartition: TopicPartition
    /// What the record is about.
    public var key: [UInt8]
    /// What it says; nil says that the key is gone.
    public var value: [UInt8]?
    /// Names and values beside it, in order; a name may come twice.
    public var headers: [Header]

    /// A record for one partition.
    public init(
        to topicPartition: TopicPartition, key: [UInt8], value: [UInt8]?, headers: [Header] = []
    ) {
        self.topicPartition = topicPartition
        self.key = key
        self.value = value
        self.headers = headers
    }
}

/// A record as the log has it.
public struct Record: Equatable, Sendable {
    /// Where it lies.
    public var position: Position
    /// When the log took it, in milliseconds since 1970-01-01T00:00:00Z. Not sorted by offset:
    /// clocks step.
    public var timestampMilliseconds: Int64
    /// What the record is about.
    public var key: [UInt8]
    /// What it says; nil says that the key is gone.
    public var value: [UInt8]?
    /// Names and values beside it, in order.
    public var headers: [Header]

    /// A record that lies at `position`.
    public init(
        position: Position, timestampMilliseconds: Int64, key: [UInt8], value: [UInt8]?,
        headers: [Header]
    ) {
        self.position = position
        self.timestampMilliseconds = timestampMilliseconds
        self.key = key
        self.value = value
        self.headers = headers
    }

    /// The last header of that name.
    public func header(_ name: String) -> [UInt8]? {
        headers.last { $0.name == name }?.value
    }
}
