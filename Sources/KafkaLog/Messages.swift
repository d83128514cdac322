internal import CRdkafka
import EventLog

/// Turns what librdkafka hands over into records. Belongs to one thread.
struct MessageReading {
    private let names: Names
    private var lastTopic: (raw: OpaquePointer, name: TopicName)?

    init(_ names: Names) { self.names = names }

    /// The partition that a message or an error is about; nil where it is about none of this
    /// installation.
    mutating func source(of message: UnsafePointer<rd_kafka_message_t>) -> TopicPartition? {
        guard let raw = message.pointee.rkt else { return nil }
        let partition = Int(message.pointee.partition)
        if let lastTopic, lastTopic.raw == raw { return TopicPartition(lastTopic.name, partition) }
        guard let name = names.topic(String(cString: rd_kafka_topic_name(raw))) else { return nil }
        lastTopic = (raw, name)
        return TopicPartition(name, partition)
    }

    /// The record of a message without an error.
    func record(
        of message: UnsafePointer<rd_kafka_message_t>, from source: TopicPartition
    ) -> Record {
        let value = message.pointee.payload.map { bytes($0, message.pointee.len) }
        return Record(
            position: Position(source, offset: message.pointee.offset),
            timestampMilliseconds: rd_kafka_message_timestamp(message, nil),
            key: message.pointee.key.map { bytes($0, message.pointee.key_len) } ?? [],
            value: value, headers: headers(of: message))
    }

    private func headers(of message: UnsafePointer<rd_kafka_message_t>) -> [Header] {
        var list: OpaquePointer?
        guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list
        else { return [] }
        var headers: [Header] = []
        headers.reserveCapacity(rd_kafka_header_cnt(list))
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        while rd_kafka_header_get_all(list, headers.count, &name, &value, &size)
            == RD_KAFKA_RESP_ERR_NO_ERROR
        {
            guard let name else { break }
            headers.append(Header(String(cString: name), value.map { bytes($0, size) } ?? []))
        }
        return headers
    }

    private func bytes(_ start: UnsafeRawPointer, _ count: Int) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: start, count: count))
    }
}

extension NewRecord {
    /// Bytes of key, value and headers.
    var bytes: Int {
        headers.reduce(key.count + (value?.count ?? 0)) {
            $0 + $1.name.utf8.count + $1.value.count
        }
    }
}

extension Handle {
    /// Hands a record to the producer; its report comes with the opaque pointer.
    func produce(_ record: NewRecord, _ names: Names, opaque: UnsafeMutableRawPointer?) -> Failure?
    {
        guard let topic = topic(names.wire(record.topicPartition.topic)) else {
            return Failure(rd_kafka_last_error())
        }
        var headers: OpaquePointer?
        if !record.headers.isEmpty {
            headers = rd_kafka_headers_new(record.headers.count)
            for header in record.headers {
                header.value.withUnsafeBytes { value in
                    // An empty header value is not a missing one.
                    _ = rd_kafka_header_add(
                        headers, header.name, -1, value.baseAddress ?? emptyBytes, value.count)
                }
            }
        }
        let code = record.key.withUnsafeBytes { key in
            func produce(_ value: UnsafeRawPointer?, _ size: Int) -> rd_kafka_resp_err_t {
                tacho_rd_kafka_produce(
                    raw, topic, Int32(record.topicPartition.partition),
                    key.baseAddress ?? emptyBytes, key.count, value, size, headers, opaque)
            }
            guard let value = record.value else { return produce(nil, 0) }
            return value.withUnsafeBytes { produce($0.baseAddress ?? emptyBytes, $0.count) }
        }
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        if let headers { rd_kafka_headers_destroy(headers) }
        return Failure(code)
    }
}

/// Where nothing begins: a pointer that is not null, for what is empty but there.
private nonisolated(unsafe) let emptyBytes = UnsafeRawPointer(
    UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1))
