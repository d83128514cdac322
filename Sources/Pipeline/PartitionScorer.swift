internal import EventLog
internal import Scoring
internal import Topics
internal import Trips

/// One partition's trips in memory, and what their uploads make of them. Decides only: reading and
/// committing are the scorer's.
struct PartitionScorer {
    let partition: Int
    private let settings: ScorerSettings
    private var trips: [String: LiveTrip] = [:]
    private var lastTouched: [String: Int] = [:]
    private var touched: Set<String> = []
    private var order: [String] = []
    private var deadLetters: [NewRecord] = []
    private var turn = 0
    /// Points of all trips held.
    private(set) var pointCount = 0
    /// Points of uploads absorbed since the last ``outputs(nextOffset:)``, for the metrics.
    private(set) var pointsTaken = 0
    /// Scores said in the last ``outputs(nextOffset:)``, for the metrics.
    private(set) var scores: [Int] = []

    init(partition: Int, settings: ScorerSettings) {
        self.partition = partition
        self.settings = settings
    }

    /// Whether the trip is in memory.
    func holds(_ trip: String) -> Bool { trips[trip] != nil }

    /// Takes an upload whose consequences are already on the log.
    mutating func restore(_ record: Record) {
        guard case .success(let (trip, upload)) = read(record) else { return }
        _ = absorb(upload, of: trip, record)
    }

    /// Ends a ``restore(_:)`` of these trips: what they say now has been said, unless all that was
    /// said of them was taken over.
    mutating func settle(_ entries: some Sequence<TripIndex.Entry>) {
        for entry in entries {
            trips[entry.trip]?.settle()
            guard let events = entry.inherited, let trip = TripID(entry.trip) else { continue }
            trips[entry.trip, default: LiveTrip(trip: trip, rules: settings.rules)].inherit(events)
        }
    }

    /// Says the trip with the next ``outputs(nextOffset:)``, whatever comes of its uploads.
    mutating func say(_ trip: String) {
        if touched.insert(trip).inserted { order.append(trip) }
    }

    /// Takes the next upload of the partition; what it changes comes with the next
    /// ``outputs(nextOffset:)``.
    mutating func absorb(_ record: Record) {
        switch read(record) {
        case .failure(let reason): deadLetters.append(letter(record, reason))
        case .success(let (trip, upload)):
            if case .points(let points) = upload.content { pointsTaken += points.count }
            let (isChanged, refusal) = absorb(upload, of: trip, record)
            if isChanged { say(trip.rawValue) }
            if let refusal {
                deadLetters.append(
                    letter(record, DeadLetterReason(refusal.rawValue, refusal.explanation)))
            }
        }
    }

    /// The records that everything absorbed since the last call comes to, with the progress
    /// record last.
    mutating func outputs(nextOffset: Int64) -> [NewRecord] {
        var records: [NewRecord] = []
        for name in order {
            guard let trip = TripID(name) else { continue }
            records += trips[name]?.says(trip: trip, by: settings, partition: partition) ?? []
            if let score = trips[name]?.score { scores.append(score) }
        }
        records += deadLetters
        var progress = Tacho_V1_Progress()
        progress.nextOffset = nextOffset
        records.append(
            Topics.progress(settings.version).record(
                partition: partition, key: Topics.progressKey, value: progress))
        return records
    }

    /// The outputs are committed: what is in memory is what the log says.
    mutating func committed() {
        turn += 1
        for name in order { lastTouched[name] = turn }
        clear()
    }

    /// The outputs are void: every trip that they came from is thrown away.
    mutating func aborted() {
        for name in order { drop(name) }
        clear()
    }

    /// What is held, in points: a trip costs memory also where it has few.
    var weight: Int { pointCount + trips.count * Self.tripWeight }

    /// What a trip without points weighs, in points.
    private static let tripWeight = 50

    /// Drops the trips not touched for longest until so little is held.
    mutating func shrink(to limit: Int) {
        guard weight > limit else { return }
        for (name, _) in lastTouched.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
            if weight <= limit { return }
            drop(name)
        }
    }

    private mutating func clear() {
        touched.removeAll(keepingCapacity: true)
        order.removeAll(keepingCapacity: true)
        deadLetters.removeAll()
        pointsTaken = 0
        scores.removeAll(keepingCapacity: true)
    }

    /// Throws a trip away; its next upload brings it back from the log.
    mutating func drop(_ name: String) {
        pointCount -= trips[name]?.pointCount ?? 0
        trips[name] = nil
        lastTouched[name] = nil
    }

    private mutating func absorb(
        _ upload: Upload, of trip: TripID, _ record: Record
    ) -> (isChanged: Bool, refusal: Refusal?) {
        let name = trip.rawValue
        let before = trips[name]?.pointCount ?? 0
        let outcome = trips[name, default: LiveTrip(trip: trip, rules: settings.rules)]
            .absorb(upload, record: record, limits: settings.trips)
        pointCount += (trips[name]?.pointCount ?? 0) - before
        lastTouched[name] = turn
        return outcome
    }

    private func read(_ record: Record) -> Result<(TripID, Upload), DeadLetterReason> {
        guard let trip = TripID(String(decoding: record.key, as: UTF8.self)) else {
            return .failure(DeadLetterReason("badKey", "the key is no trip id: \(TripID.allowed)"))
        }
        guard let value = record.value else {
            return .failure(DeadLetterReason("noValue", "the record has no value"))
        }
        do {
            return .success((trip, try Topics.tripUploads.decode(value)))
        } catch {
            return .failure(DeadLetterReason("undecodable", error.description))
        }
    }

    private func letter(_ record: Record, _ reason: DeadLetterReason) -> NewRecord {
        let source = record.position
        let why = [
            Header(DeadLetterHeader.exception, reason.word),
            Header(DeadLetterHeader.message, reason.explanation),
            Header(DeadLetterHeader.topic, source.topicPartition.topic.rawValue),
            Header(DeadLetterHeader.partition, String(source.topicPartition.partition)),
            Header(DeadLetterHeader.offset, String(source.offset)),
        ]
        let topic = TopicPartition(Topics.deadLetters(settings.version), partition)
        let letter = NewRecord(
            to: topic, key: record.key, value: record.value, headers: record.headers + why)
        guard letter.size > settings.letterBytes else { return letter }
        // A letter that the log refuses would stop the stream for good.
        let size = letter.size - why.reduce(0) { $0 + $1.size }
        return NewRecord(
            to: topic, key: record.key.count > Self.longestKey ? [] : record.key, value: nil,
            headers: why + [Header(TachoHeader.leftOut, String(size))])
    }

    /// Bytes of a key that a letter keeps which does not hold its record.
    private static let longestKey = 1_024
}

/// Why a record is a dead letter.
struct DeadLetterReason: Error, Equatable {
    /// One word, for counting.
    let word: String
    /// In words, for a person.
    let explanation: String

    init(_ word: String, _ explanation: String) {
        self.word = word
        self.explanation = explanation
    }
}

extension Refusal {
    /// In words, for a dead letter.
    fileprivate var explanation: String {
        switch self {
        case .foreignTrip: "the trip belongs to another user"
        case .tripDeleted: "the trip was deleted"
        case .tripFull: "the trip would have too many points or last too long"
        }
    }
}

extension NewRecord {
    /// Bytes of key, value and headers.
    fileprivate var size: Int {
        headers.reduce(key.count + (value?.count ?? 0)) { $0 + $1.size }
    }
}

extension Header {
    /// Bytes of name and value.
    fileprivate var size: Int { name.utf8.count + value.count }
}
