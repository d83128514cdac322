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
        guard let standing = Self.standing(of: record, before: start) else { return [] }
        let isStraddling = standing.isStraddling
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

    /// Where a trip's uploads lie, by its record of the base's; nil where it is not taken over.
    static func standing(
        of record: Record, before start: Int64
    ) -> (first: Int64, isStraddling: Bool)? {
        func text(_ name: String) -> String? {
            record.header(name).map { String(decoding: $0, as: UTF8.self) }
        }
        guard record.value != nil, let first = text(TachoHeader.firstUpload).flatMap({ Int64($0) }),
            let last = text(TachoHeader.lastUpload).flatMap({ Int64($0) }), first < start
        else { return nil }
        // What the base has only marked may say of uploads from the start on, too.
        return (first, last >= start || text(TachoHeader.state) == straddling)
    }

    /// What `tacho-state` says of a trip that is to be scored whole.
    static let straddling = "straddling"
}
