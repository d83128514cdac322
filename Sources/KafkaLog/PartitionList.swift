internal import CRdkafka
import EventLog

/// Partitions with an offset each, as librdkafka takes and gives them.
///
/// Belongs to one call: made, passed, read.
final class PartitionList {
    /// One element.
    struct Entry {
        var topicPartition: TopicPartition
        var offset: Int64
        var error: Failure?
    }

    let raw: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
    private let names: Names

    /// A list of these partitions.
    init(_ offsets: some Sequence<(key: TopicPartition, value: Int64)>, _ names: Names) {
        self.names = names
        raw = rd_kafka_topic_partition_list_new(16)
        for (source, offset) in offsets {
            let entry = rd_kafka_topic_partition_list_add(
                raw, names.wire(source.topic), Int32(source.partition))
            entry?.pointee.offset = offset
        }
    }

    /// The same partitions with one offset for all.
    convenience init(
        _ partitions: some Sequence<TopicPartition>, offset: Int64, _ names: Names
    ) {
        self.init(partitions.map { (key: $0, value: offset) }, names)
    }

    /// Takes a list over that librdkafka made.
    init(owning raw: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>, _ names: Names) {
        self.raw = raw
        self.names = names
    }

    /// Hands the list to a call of librdkafka, and keeps it until the call is over.
    func pass<T>(
        _ call: (UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) -> T
    ) -> T {
        withExtendedLifetime(self) { call(raw) }
    }

    deinit { rd_kafka_topic_partition_list_destroy(raw) }

    /// The elements of this installation's topics.
    var entries: [Entry] { Self.entries(of: raw, names) }

    /// The elements of a list that stays librdkafka's.
    static func entries(
        of raw: UnsafePointer<rd_kafka_topic_partition_list_t>, _ names: Names
    ) -> [Entry] {
        (0..<Int(raw.pointee.cnt)).compactMap { index in
            let element = raw.pointee.elems[index]
            guard let topic = names.topic(String(cString: element.topic)) else { return nil }
            return Entry(
                topicPartition: TopicPartition(topic, Int(element.partition)),
                offset: element.offset,
                error: element.err == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : Failure(element.err))
        }
    }
}
