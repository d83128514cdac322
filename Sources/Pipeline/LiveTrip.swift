internal import EventLog
internal import Scoring
internal import Topics
internal import Trips

/// A trip in memory: what its uploads say, and what the version last said of it.
struct LiveTrip {
    private(set) var state = TripState()
    private var kernel: Kernel
    private var saidEvents: [Event] = []
    /// ``saidEvents`` as the last record lists them, as far as they were composed.
    private var saidMessages: [Tacho_V1_DrivingEvent] = []
    private(set) var uploads: UploadSpan?
    private var firstUnscored: Int?
    /// Events that stand in the version's topic as another version said them, by id; nil once this
    /// one has said the trip.
    private var inherited: [String]?

    /// The uploads that made the trip what it is.
    struct UploadSpan: Equatable {
        var first: Int64
        var last: Int64
        var lastTimeMilliseconds: Int64
    }

    init(trip: TripID, rules: RuleSet) {
        kernel = Kernel(trip: trip.rawValue, rules: rules)
    }

    /// What the kernel made of it last; nil where there is no score.
    var score: Int? { kernel.scorecard.score }

    /// Points held.
    var pointCount: Int { state.points.ordered.count }

    /// Takes the next upload.
    ///
    /// - Returns: whether the trip is another than before; a refusal where the upload does not
    ///   count.
    mutating func absorb(
        _ upload: Upload, record: Record, limits: TripLimits
    ) -> (isChanged: Bool, refusal: Refusal?) {
        let offset = record.position.offset
        let change = state.absorb(upload, limits: limits)
        switch change {
        case .nothing: return (false, nil)
        case .refused(let refusal) where refusal != .tripFull: return (false, refusal)
        case .points(let first): firstUnscored = min(firstUnscored ?? first, first)
        case .facts:
            if state.isDeleted { firstUnscored = 0 }
        case .refused: break
        }
        uploads = UploadSpan(
            first: uploads?.first ?? offset, last: offset,
            lastTimeMilliseconds: record.timestampMilliseconds)
        if case .refused(let refusal) = change { return (true, refusal) }
        return (true, nil)
    }

    /// Scores what has changed; after this ``says(trip:by:partition:)`` has nothing new to say
    /// until the next upload.
    mutating func settle() {
        rescore()
        saidEvents = state.isDeleted ? [] : Self.listed(kernel.scorecard)
    }

    /// Nothing was said of the trip but what was taken over: the next time all is said.
    ///
    /// - Parameter events: those taken over, by id.
    mutating func inherit(_ events: [String]) {
        saidEvents = []
        inherited = events
    }

    /// As many events as a trip's record lists.
    private static func listed(_ card: Scorecard) -> [Event] {
        Array(card.events.prefix(TripLimits.listedEvents))
    }

    /// The records that bring the version's topics up to date, and nothing where the trip has
    /// nothing to say.
    mutating func says(
        trip: TripID, by settings: ScorerSettings, partition: Int
    ) -> [NewRecord] {
        let topic = Topics.pointsOfInterest(settings.version)
        let gone = inherited ?? []
        guard let uploads else {
            // What another version made of uploads that do not count here is no trip.
            guard inherited != nil else { return [] }
            inherited = nil
            return [
                Topics.tripScores(settings.version).tombstone(
                    partition: partition, key: trip.rawValue)
            ] + gone.map { topic.tombstone(partition: partition, key: $0) }
        }
        inherited = nil
        let owner = state.owner ?? .anonymous
        rescore()
        let card = kernel.scorecard
        let events = state.isDeleted ? [] : Self.listed(card)
        let same = zip(saidEvents, events).prefix { $0 == $1 }.count
        let message = ScoreMessage.compose(
            trip: trip, state: state, card: card, rules: settings.rules,
            rulesHash: settings.rulesHash, composed: saidMessages.prefix(same))
        saidMessages = message.events
        var records = [
            Topics.tripScores(settings.version).record(
                partition: partition, key: trip.rawValue, value: message,
                headers: [
                    Header(TachoHeader.firstUpload, String(uploads.first)),
                    Header(TachoHeader.lastUpload, String(uploads.last)),
                    Header(TachoHeader.lastUploadTime, String(uploads.lastTimeMilliseconds)),
                    Header(TachoHeader.owner, owner.rawValue),
                    Header(TachoHeader.state, ScoreMessage.word(for: message.status)),
                ])
        ]
        // Most of a trip's events stay as they are: only those behind these have an id made.
        let said = Dictionary(saidEvents[same...].map { ($0.id, $0) }) { first, _ in first }
        for event in events[same...] where said[event.id] != event {
            records.append(
                topic.record(
                    partition: partition, key: event.id,
                    value: ScoreMessage.compose(event, trip: trip, owner: owner)))
        }
        if !said.isEmpty || !gone.isEmpty {
            let now = Set(events.map(\.id))
            for id in saidEvents[same...].map(\.id) + gone where !now.contains(id) {
                records.append(topic.tombstone(partition: partition, key: id))
            }
        }
        saidEvents = events
        return records
    }

    private mutating func rescore() {
        guard let first = firstUnscored else { return }
        kernel.update(points: state.points.ordered, firstChanged: first)
        firstUnscored = nil
    }
}
