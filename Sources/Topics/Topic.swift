public import EventLog

/// A topic together with what its records' values are, so that a wrong value does not compile.
public struct Topic<Value: Sendable>: Sendable {
    /// The topic's name on the log.
    public let name: TopicName
    /// The value's bytes.
    public let encode: @Sendable (Value) -> [UInt8]
    /// The value of bytes that any producer may have written.
    public let decode: @Sendable ([UInt8]) throws(Undecodable) -> Value

    /// A record with this topic's value.
    public func record(
        partition: Int, key: String, value: Value, headers: [Header] = []
    ) -> NewRecord {
        NewRecord(
            to: TopicPartition(name, partition), key: Array(key.utf8), value: encode(value),
            headers: headers)
    }

    /// The record that says that a key is gone.
    public func tombstone(partition: Int, key: String) -> NewRecord {
        NewRecord(to: TopicPartition(name, partition), key: Array(key.utf8), value: nil)
    }
}

/// Bytes that are not what their topic says: where, and what is allowed.
public struct Undecodable: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public let description: String

    /// With words for the dead letter's header.
    public init(_ description: String) { self.description = description }
}
