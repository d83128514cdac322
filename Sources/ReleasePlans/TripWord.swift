public import EventLog
public import Topics

/// What a version last said of a trip, as far as a comparison needs it: no values, their digests.
public struct TripWord: Equatable, Sendable {
    /// What is left of the record's `tacho-state`.
    public enum State: Equatable, Sendable {
        /// It is said as it is.
        case said
        /// The trip is deleted.
        case deleted
        /// It was taken over from another version, and is to be scored whole.
        case straddling
    }

    /// The offset of the trip's last upload that is in it.
    public let upload: Int64
    /// 0 to 100; nil where there is none.
    public let score: Int?
    /// How it is said.
    public let state: State
    /// Of the events. Digests are good within one process.
    let events: Int
    /// Of all else but the rules.
    let rest: Int

    /// What a record of `trip-scores.vN` says; nil for progress, for a key that is gone, and for
    /// a record that names no upload, which no scorer writes.
    public init?(_ record: Record, of topic: Topic<Tacho_V1_TripScore>) {
        guard let value = record.value, !record.isProgress,
            let text = record.header(TachoHeader.lastUpload),
            let upload = Int64(String(decoding: text, as: UTF8.self))
        else { return nil }
        self.upload = upload
        let isStraddling =
            record.header(TachoHeader.state).map { $0.elementsEqual("straddling".utf8) } ?? false
        guard var message = try? topic.decode(value) else {
            state = isStraddling ? .straddling : .said
            (score, events, rest) = (nil, digest(of: []), digest(of: value))
            return
        }
        state = isStraddling ? .straddling : message.status == .deleted ? .deleted : .said
        score = message.hasScore ? Int(message.score) : nil
        message.clearRules()
        var listed = Tacho_V1_TripScore()
        swap(&listed.events, &message.events)
        events = digest(of: topic.encode(listed))
        rest = digest(of: topic.encode(message))
    }
}

/// 64 bits that no producer can choose: Swift's hash has a seed of its own in every process.
private func digest(of bytes: [UInt8]) -> Int {
    var hasher = Hasher()
    bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    return hasher.finalize()
}
