internal import CRdkafka
import EventLog

/// Where a reading consumer stands, and what it has fetched and not yet handed out.
struct ReadState {
    /// The next offset to hand out, a partition.
    private(set) var next: [TopicPartition: Int64] = [:]
    /// The next offset to be fetched, a partition; marks of transactions are behind it.
    private(set) var fetched: [TopicPartition: Int64] = [:]
    private var waiting: [TopicPartition: Waiting] = [:]
    private var order: [TopicPartition] = []
    private var turn = 0
    private var count = 0
    private var bytes = 0
    private var reading: MessageReading

    private struct Waiting {
        var records: [Record] = []
        var first = 0
        var isEmpty: Bool { first == records.count }
    }

    init(_ names: Names) { reading = MessageReading(names) }

    var hasRecords: Bool { count > 0 }

    /// Whether a read of that limit can be answered in full.
    func isFull(_ limit: ReadLimit) -> Bool { count >= limit.records || bytes >= limit.bytes }

    /// Whether there is more than enough, so that fetching may wait.
    func isAmple(_ limit: ReadLimit) -> Bool {
        count >= max(limit.records * 2, 1_000) || bytes >= max(limit.bytes * 2, 1 << 20)
    }

    /// Whether all before these offsets was fetched.
    func hasReached(_ ends: [TopicPartition: Int64]) -> Bool {
        ends.allSatisfy { fetched[$0.key] ?? 0 >= $0.value }
    }

    mutating func source(of message: UnsafePointer<rd_kafka_message_t>) -> TopicPartition? {
        reading.source(of: message)
    }

    /// Stands nowhere.
    mutating func forget() {
        next = [:]
        fetched = [:]
        waiting = [:]
        order = []
        count = 0
        bytes = 0
    }

    /// Stands at these offsets, with nothing fetched.
    mutating func begin(at offsets: [TopicPartition: Int64]) {
        forget()
        next = offsets
        fetched = offsets
        order = offsets.keys.sorted()
    }

    /// Takes a fetched record in.
    mutating func add(_ message: UnsafePointer<rd_kafka_message_t>) {
        guard let source = reading.source(of: message),
            message.pointee.offset >= fetched[source] ?? .max
        else { return }
        let record = reading.record(of: message, from: source)
        fetched[source] = record.position.offset + 1
        waiting[source, default: Waiting()].records.append(record)
        count += 1
        bytes += record.bytes
    }

    /// Learns that a partition was fetched to its end.
    mutating func end(_ message: UnsafePointer<rd_kafka_message_t>) {
        guard let source = reading.source(of: message), let there = fetched[source] else { return }
        fetched[source] = max(there, message.pointee.offset)
    }

    /// Hands out as much as the limit says, each partition its share, another one first each time.
    mutating func share(_ limit: ReadLimit) -> [Record] {
        let ready = order.filter { waiting[$0]?.isEmpty == false }
        guard !ready.isEmpty else { return [] }
        turn = (turn + 1) % ready.count
        var records: [Record] = []
        var taken = 0
        // Rounds of equal shares, until the limit or the end of what there is.
        var share = max(1, limit.records / ready.count)
        while records.count < limit.records, taken < limit.bytes, hasRecords {
            for index in ready.indices {
                let source = ready[(index + turn) % ready.count]
                hand(out: source, share, limit, &records, &taken)
            }
            share = limit.records
        }
        return records
    }

    private mutating func hand(
        out source: TopicPartition, _ share: Int, _ limit: ReadLimit, _ records: inout [Record],
        _ taken: inout Int
    ) {
        guard var line = waiting.removeValue(forKey: source) else { return }
        let last = line.first + share
        while line.first < min(line.records.count, last), records.count < limit.records,
            taken < limit.bytes
        {
            let record = line.records[line.first]
            line.first += 1
            let size = record.bytes
            taken += size
            bytes -= size
            count -= 1
            next[source] = record.position.offset + 1
            records.append(record)
        }
        if line.first > 4_096 {
            line.records.removeFirst(line.first)
            line.first = 0
        }
        if !line.isEmpty { waiting[source] = line }
    }
}

extension Record {
    /// Bytes of key and value, as the limits of reads count them.
    var bytes: Int { key.count + (value?.count ?? 0) }
}
