public import Scoring
public import Topics
public import Trips

/// What the kernel and the reducer say of a trip, in the words of `topics/trip-scores.proto`.
public enum ScoreMessage {
    /// The value of a trip's record: a function of the trip's state alone.
    ///
    /// - Parameters:
    ///   - rulesHash: `rules.hash`, which costs something to make.
    ///   - composed: the first of the events, where they are known from before.
    public static func compose(
        trip: TripID, state: TripState, card: Scorecard, rules: RuleSet, rulesHash: String,
        composed: ArraySlice<Tacho_V1_DrivingEvent> = []
    ) -> Tacho_V1_TripScore {
        var message = Tacho_V1_TripScore()
        message.trip = trip.rawValue
        message.user = (state.owner ?? .anonymous).rawValue
        if state.isDeleted {
            message.status = .deleted
            return message
        }
        message.status = state.isEnded ? .complete : .driving
        if let name = state.name { message.name = name }
        if let vin = state.vin { message.vin = vin }
        if let first = state.points.ordered.first, let last = state.points.ordered.last {
            message.startedAtMs = first.timeMilliseconds
            message.endedAtMs = last.timeMilliseconds
        }
        message.distanceM = Int64(card.distanceMeters)
        message.averageSpeedMPerH = card.averageSpeedMetersPerHour
        message.maxSpeedMPerH = card.maxSpeedMetersPerHour
        if let score = card.score { message.score = UInt32(score) }
        if let reason = card.unscorable { message.unscorable = reason.rawValue }
        message.rules.name = rules.name
        message.rules.version = UInt32(rules.version)
        message.rules.hash = rulesHash
        message.breakdown = card.breakdown.map { item in
            var share = Tacho_V1_BreakdownItem()
            share.cause = item.cause
            if let count = item.count { share.count = UInt32(count) }
            share.points = UInt32(item.points)
            return share
        }
        let listed = card.events.prefix(TripLimits.listedEvents)
        message.quality = compose(
            card.quality, refusedAsFull: state.refusedAsFull,
            eventsLeftOut: card.events.count - listed.count)
        message.events = composed + listed.dropFirst(composed.count).map(compose)
        return message
    }

    /// The value of an event's own record.
    static func compose(
        _ event: Event, trip: TripID, owner: UserID
    ) -> Tacho_V1_PointOfInterest {
        var message = Tacho_V1_PointOfInterest()
        message.trip = trip.rawValue
        message.user = owner.rawValue
        message.event = compose(event)
        return message
    }

    /// The value of the own record of an event that a trip's record lists.
    static func compose(
        _ event: Tacho_V1_DrivingEvent, of trip: Tacho_V1_TripScore
    ) -> Tacho_V1_PointOfInterest {
        var message = Tacho_V1_PointOfInterest()
        message.trip = trip.trip
        message.user = trip.user
        message.event = event
        return message
    }

    /// The status as a header has it.
    static func word(for status: Tacho_V1_TripStatus) -> String {
        switch status {
        case .driving: "driving"
        case .complete: "complete"
        case .deleted: "deleted"
        case .unspecified, .UNRECOGNIZED: "unknown"
        }
    }

    private static func compose(_ event: Event) -> Tacho_V1_DrivingEvent {
        var message = Tacho_V1_DrivingEvent()
        message.id = event.id
        message.kind = event.kind.rawValue
        message.severity = event.severity.rawValue
        message.startedAtMs = event.startMilliseconds
        message.endedAtMs = event.endMilliseconds
        message.latitudeE7 = event.latitudeE7
        message.longitudeE7 = event.longitudeE7
        message.peakMmPerS2 = event.peakMillimetersPerSecond2
        message.speedBeforeMPerH = event.speedBeforeMetersPerHour
        message.speedAfterMPerH = event.speedAfterMetersPerHour
        message.points = UInt32(event.points)
        return message
    }

    private static func compose(
        _ quality: Quality, refusedAsFull: Int, eventsLeftOut: Int
    ) -> Tacho_V1_Quality {
        var message = Tacho_V1_Quality()
        message.readings = UInt32(quality.readings)
        message.used = UInt32(quality.used)
        message.repaired = UInt32(quality.repaired)
        message.largestGapMs = quality.largestGapMilliseconds
        var problems = quality.problems.map { ($0.kind.rawValue, $0.count) }
        if refusedAsFull > 0 { problems.append((Refusal.tripFull.rawValue, refusedAsFull)) }
        if eventsLeftOut > 0 { problems.append(("eventsLeftOut", eventsLeftOut)) }
        problems.sort { $0.0 < $1.0 }
        message.problems = problems.map { kind, count in
            var problem = Tacho_V1_Problem()
            problem.kind = kind
            problem.count = UInt32(count)
            return problem
        }
        return message
    }
}
