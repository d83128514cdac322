/// Cuts what one phone says into trips: which trip each position belongs to, and when a trip is
/// over. Knows no more than the last drives of the phone, each in a few numbers.
///
/// - A **drive** goes on while the phone moves. It is over at a stop: the phone was, for
///   ``CutLimits/stopMilliseconds``, within ``CutLimits/stopMeters`` of its anchor, the last
///   position that was so far from the anchor before. Or after a gap: nothing was said for
///   ``CutLimits/gapMilliseconds``.
/// - After a stop the phone **rests** while it is near its anchor, however long. The next drive
///   begins with what was said in the last ``CutLimits/stopMilliseconds`` before the phone was
///   seen away; positions at rest before that are in no trip.
/// - Drives never share a moment. So a position between the first and the last of a drive is that
///   drive's, whenever and however often it comes; repeating what was said changes nothing.
/// - A late position between two drives goes on with the earlier one as if it had come in time,
///   else it is put before the later one, else it is a drive of its own.
///
/// The same positions in the same order give the same trips, however they are spread over
/// requests.
public struct DeviceTrips: Equatable, Sendable {
    /// What a position leads to, in this order.
    public enum Effect: Equatable, Sendable {
        /// These points belong to the drive that began with this time.
        case add([Point], first: Int64)
        /// That drive is over.
        case end(first: Int64)
    }

    /// What became of a position.
    public enum Outcome: Equatable, Sendable {
        /// It is in a trip, and perhaps others with it.
        case effects([Effect])
        /// The phone stands: it is in no trip for now; the drive may be over by it.
        case resting([Effect])
        /// It lies before all that is remembered, and is in no trip that it was not in before.
        case forgotten
    }

    /// The drives remembered, by time; they never overlap.
    public private(set) var drives: [Drive]
    /// The last moment that is no longer remembered, in epoch milliseconds.
    public private(set) var horizonMilliseconds: Int64

    /// A phone of which nothing is known, unless said otherwise.
    public init(drives: [Drive] = [], horizonMilliseconds: Int64 = .min) {
        self.drives = drives
        self.horizonMilliseconds = horizonMilliseconds
    }

    /// Takes the next position that the phone sent.
    public mutating func absorb(_ point: Point, limits: CutLimits) -> Outcome {
        let time = point.timeMilliseconds
        let before = drives.lastIndex { $0.startMilliseconds <= time }
        if let before, time <= drives[before].endMilliseconds {
            return .effects([.add([point], first: drives[before].firstMilliseconds)])
        }
        guard time > horizonMilliseconds else { return .forgotten }
        if let before, let outcome = follow(before, point, limits) { return outcome }
        let next = before.map { $0 + 1 } ?? 0
        if next < drives.count, drives[next].takes(earlier: time, limits) {
            drives[next].startMilliseconds = time
            drives[next].points += 1
            return .effects([.add([point], first: drives[next].firstMilliseconds)])
        }
        if next == 0, drives.count >= limits.drives { return .forgotten }
        return .effects(begin(at: next, [point], limits))
    }

    /// What a position means that comes behind a drive's last one; nil where it is another's.
    private mutating func follow(
        _ index: Int, _ point: Point, _ limits: CutLimits
    ) -> Outcome? {
        switch drives[index].phase {
        case .moving: extend(index, point, limits)
        case .resting: rest(index, point, limits)
        case .left:
            if drives[index].holds(point, limits) {
                isBeforeStop(index, point, limits) ? extend(index, point, limits) : .resting([])
            } else {
                nil
            }
        }
    }

    /// Whether the drive would have gone on with the position, had it come in time.
    private func isBeforeStop(_ index: Int, _ point: Point, _ limits: CutLimits) -> Bool {
        let anchored = drives[index].anchor.timeMilliseconds
        return point.timeMilliseconds - anchored < limits.stopMilliseconds
    }

    private mutating func extend(
        _ index: Int, _ point: Point, _ limits: CutLimits
    ) -> Outcome? {
        let time = point.timeMilliseconds
        let isAway = drives[index].anchor.distance(to: point) >= Double(limits.stopMeters)
        if !isAway, time - drives[index].anchor.timeMilliseconds >= limits.stopMilliseconds {
            drives[index].phase = .resting
            drives[index].restEndMilliseconds = time
            drives[index].waiting = [point]
            forgetWaiting(but: index)
            return .resting(end(index))
        }
        guard time - drives[index].endMilliseconds < limits.gapMilliseconds,
            drives[index].hasRoom(until: time, limits)
        else { return nil }
        drives[index].endMilliseconds = time
        drives[index].points += 1
        if isAway { drives[index].anchor = Drive.Anchor(point) }
        return .effects([.add([point], first: drives[index].firstMilliseconds)])
    }

    private mutating func rest(
        _ index: Int, _ point: Point, _ limits: CutLimits
    ) -> Outcome? {
        let time = point.timeMilliseconds
        if isBeforeStop(index, point, limits) {
            let before = drives[index].anchor
            let outcome = extend(index, point, limits)
            // It had not stopped yet: what made it seem so came from a clock that was ahead.
            if drives[index].anchor != before {
                drives[index].phase = .moving
                drives[index].waiting = []
            }
            return outcome
        }
        if drives[index].holds(point, limits) {
            let end = max(drives[index].restEndMilliseconds, time)
            drives[index].restEndMilliseconds = end
            drives[index].keep(point, limits)
            forgetWaiting(but: index)
            return .resting([])
        }
        let rested = drives[index].restEndMilliseconds
        guard time > rested, time - rested < limits.gapMilliseconds else { return nil }
        let first = time - limits.stopMilliseconds
        let departure = drives[index].waiting.filter { $0.timeMilliseconds > first } + [point]
        drives[index].phase = .left
        drives[index].waiting = []
        return .effects(begin(at: index + 1, departure, limits))
    }

    /// Begins a drive, which ends the one before it; one that others follow is over at once.
    private mutating func begin(
        at index: Int, _ points: [Point], _ limits: CutLimits
    ) -> [Effect] {
        guard let first = points.first, let last = points.last else { return [] }
        var drive = Drive(from: first)
        drive.endMilliseconds = last.timeMilliseconds
        drive.anchor = Drive.Anchor(last)
        drive.points = points.count
        drives.insert(drive, at: index)
        var effects: [Effect] = []
        if index > 0 {
            effects += end(index - 1)
            forgetWaiting(but: index - 1)
        }
        effects.append(.add(points, first: drive.firstMilliseconds))
        if index < drives.count - 1 { effects += end(index) }
        while drives.count > max(limits.drives, 1) {
            let gone = drives.removeFirst()
            horizonMilliseconds = max(
                horizonMilliseconds, gone.endMilliseconds, gone.restEndMilliseconds)
        }
        return effects
    }

    /// Positions wait at the stop of the last drive, and at that of one before it, which late
    /// positions may go on with.
    private mutating func forgetWaiting(but kept: Int) {
        for index in drives.indices.dropLast() where index != kept { drives[index].waiting = [] }
    }

    private mutating func end(_ index: Int) -> [Effect] {
        guard !drives[index].isEnded else { return [] }
        drives[index].isEnded = true
        return [.end(first: drives[index].firstMilliseconds)]
    }
}
