internal import EventLog
internal import Topics

/// What a candidate takes over of a trip from its base version. Decides only.
struct Takeover {
    let base: Version
    let version: Version
    let partition: Int
    /// The first upload that the candidate scores.
    let start: Int64

    init(from base: Version, to version: Version, partition: Int, start: Int64) {
        self.base = base
        self.version = version
        self.partition = partition
        self.start = start
    }

    /// The records that the candidate writes for the base's last record of a trip.
    ///
    /// A trip that ended before the start is taken over as it is, with its events. One on both
    /// sides is marked, without events: it is scored whole once its first upload from the start on
    /// comes. One that begins later is left out.
    ///
    /// - Parameter known: the events taken over in an earlier try; nil where the trip was not.
    func records(for record: Record, trip: String, known: [String]?) -> [NewRecord] {
        guard let value = record.value else { return known.map { forget(trip, $0) } ?? [] }
        guard let first = number(record, TachoHeader.firstUpload),
            let last = number(record, TachoHeader.lastUpload), first < start
        else { return [] }
        let state = record.header(TachoHeader.state).map { String(decoding: $0, as: UTF8.self) }
        // What the base has only marked may say of uploads from the start on, too.
        let isStraddling = last >= start || state == Self.straddling
        var headers = record.headers.filter { $0.name != TachoHeader.base }
        if isStraddling {
            headers.removeAll { [TachoHeader.lastUpload, TachoHeader.state].contains($0.name) }
            headers.append(Header(TachoHeader.lastUpload, String(start - 1)))
            headers.append(Header(TachoHeader.state, Self.straddling))
        }
        headers.append(Header(TachoHeader.base, String(base.number)))
        var records = [
            NewRecord(
                to: TopicPartition(Topics.tripScores(version).name, partition), key: record.key,
                value: value, headers: headers)
        ]
        var gone = Set(known ?? [])
        if !isStraddling, let message = try? Topics.tripScores(version).decode(value) {
            for event in message.events {
                gone.remove(event.id)
                records.append(
                    Topics.pointsOfInterest(version).record(
                        partition: partition, key: event.id,
                        value: ScoreMessage.compose(event, of: message)))
            }
        }
        return records + gone.sorted().map(tombstone)
    }

    private func forget(_ trip: String, _ events: [String]) -> [NewRecord] {
        [Topics.tripScores(version).tombstone(partition: partition, key: trip)]
            + events.map(tombstone)
    }

    private func tombstone(_ event: String) -> NewRecord {
        Topics.pointsOfInterest(version).tombstone(partition: partition, key: event)
    }

    private func number(_ record: Record, _ header: String) -> Int64? {
        record.header(header).flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
    }

    /// What `tacho-state` says of a trip that is to be scored whole.
    static let straddling = "straddling"
}
