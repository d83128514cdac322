/// The last offset of every key of a head, and where the head ends.
struct LastOffsets {
    /// The offset before which the head lies: no transaction is on both sides of it.
    private(set) var end: Int64
    private var offsets: [[UInt8]: Int64] = [:]
    private var lastTime: Int64?
    private var bytes = 0
    /// Bytes that a key takes in memory beside its own.
    private static let bytesAKey = 96

    /// A head without records.
    init(first: Int64) { end = first }

    /// Takes the next records.
    ///
    /// - Parameters:
    ///   - youngest: the time of the youngest that may belong to it.
    ///   - keyBytes: at the first end of a transaction after so many bytes, the head ends.
    /// - Returns: whether more may follow.
    mutating func absorb(_ rows: [KeyRow], upTo youngest: Int64, keyBytes: Int) -> Bool {
        for row in rows {
            if let lastTime, lastTime != row.timestampMilliseconds {
                end = row.offset
                if bytes >= keyBytes { return false }
            }
            if row.timestampMilliseconds > youngest { return false }
            lastTime = row.timestampMilliseconds
            if offsets.updateValue(row.offset, forKey: row.key) == nil {
                bytes += row.key.count + Self.bytesAKey
            }
        }
        return true
    }

    /// All records before this offset are taken, and no transaction goes on behind it.
    mutating func complete(at end: Int64) { self.end = end }

    /// Whether the head has a later record of the same key.
    func supersedes(_ row: KeyRow) -> Bool {
        offsets[row.key].map { $0 > row.offset } ?? false
    }
}
