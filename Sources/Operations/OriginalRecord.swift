public import EventLog
internal import Topics

/// A record that a version could not use, as it came: what a dead letter keeps of it.
public struct OriginalRecord: Equatable, Sendable {
    /// Its key.
    public let key: [UInt8]
    /// Its value; nil where it had none.
    public let value: [UInt8]?
    /// Its headers, in order.
    public let headers: [Header]

    /// What a dead letter holds: of the headers, all but the last one of each that was added.
    init(letter: Record) {
        key = letter.key
        value = letter.value
        var headers = letter.headers
        for name in DeadLetterHeader.all {
            // Those before it came with the record, and stay.
            if let index = headers.lastIndex(where: { $0.name == name }) {
                headers.remove(at: index)
            }
        }
        self.headers = headers
    }

    /// A record at its origin.
    init(there record: Record) {
        key = record.key
        value = record.value
        headers = record.headers
    }

    /// Bytes of key, value and headers.
    var size: Int {
        headers.reduce(key.count + (value?.count ?? 0)) {
            $0 + $1.name.utf8.count + $1.value.count
        }
    }

    /// What redriving appends to the partition that the record came from: key, value and headers
    /// as they came, and where they come from; nil where the letter does not say.
    ///
    /// A copy of a copy names the first record of all, and only the last dead letter.
    func copy(for letter: DeadLetter) -> NewRecord? {
        guard let origin = letter.origin, let root = letter.root else { return nil }
        let own = [TachoHeader.redriveOf, TachoHeader.redriveDeadLetter]
        return NewRecord(
            to: origin.topicPartition, key: key, value: value,
            headers: headers.filter { !own.contains($0.name) } + [
                Header(TachoHeader.redriveOf, root.description),
                Header(TachoHeader.redriveDeadLetter, letter.position.description),
            ])
    }
}
