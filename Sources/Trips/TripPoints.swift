/// The set of a trip's points, in order: what is left of any uploads in any order, however often.
///
/// Points that come in order are appended; a batch that does not is merged in one pass. Edits follow
/// their own order: what uploads say of an identity that was edited counts no more.
public struct TripPoints: Equatable, Sendable {
    /// The points by time, then sequence.
    public private(set) var ordered: [Point] = []
    /// The identities that were corrected or removed.
    public private(set) var edited: Set<PointKey> = []
    private var numbering = Numbering.none

    /// How a reading is found by its sequence.
    private enum Numbering: Equatable, Sendable {
        /// No point has a sequence.
        case none
        /// Every point has one, and they rise with time: the order serves.
        case rising
        /// Anything else: the time of each sequence.
        case mixed([Int64: Int64])
    }

    /// No points.
    public init() {}

    /// Whether both hold the same points, edited alike; how they came does not matter.
    public static func == (a: TripPoints, b: TripPoints) -> Bool {
        a.ordered == b.ordered && a.edited == b.edited
    }

    /// Adds a batch in any order.
    ///
    /// - Returns: the index of the first point that is not as it was, or nil where the batch
    ///   changed nothing.
    public mutating func insert(_ batch: [Point]) -> Int? {
        if edited.isEmpty { return insertUnedited(batch) }
        let counting = batch.filter { !edited.contains(PointKey(of: $0)) }
        return counting.isEmpty ? nil : insertUnedited(counting)
    }

    /// Lets a reading be gone, whatever batches say of it.
    ///
    /// - Returns: the index of the first point that is not as it was, which is the number of points
    ///   where the last one went; nil where there was no such reading.
    public mutating func remove(_ key: PointKey) -> Int? {
        edited.insert(key)
        return index(of: key).map { take($0) }
    }

    /// Puts a point in the place of a reading, whatever batches say of either.
    ///
    /// - Returns: the index of the first point that is not as it was; nil where all are.
    public mutating func correct(_ key: PointKey, to point: Point) -> Int? {
        let own = PointKey(of: point)
        var first = own == key ? nil : remove(key)
        edited.insert(own)
        if let index = index(of: own) {
            if ordered[index] == point { return first }
            first = min(first ?? index, take(index))
        }
        let place = place(of: point)
        ordered.insert(point, at: place)
        number([point])
        return min(first ?? place, place)
    }

    /// Takes the point at an index away.
    ///
    /// - Returns: the index.
    private mutating func take(_ index: Int) -> Int {
        let gone = ordered.remove(at: index)
        if ordered.isEmpty {
            numbering = .none
        } else if case .mixed(var times) = numbering {
            numbering = .none
            times[gone.sequence] = nil
            numbering = .mixed(times)
        }
        return index
    }

    private mutating func insertUnedited(_ batch: [Point]) -> Int? {
        if continues(batch) {
            let first = ordered.count
            ordered.append(contentsOf: batch)
            if first == 0, batch[0].sequence != Point.unnumbered { numbering = .rising }
            return first
        }
        return merge(Self.distinct(batch))
    }

    /// Whether the batch simply goes on where the trip ends, in the trip's own manner of numbering.
    private func continues(_ batch: [Point]) -> Bool {
        guard let first = batch.first else { return false }
        let isNumbered: Bool
        switch numbering {
        case .none: isNumbered = ordered.isEmpty && first.sequence != Point.unnumbered
        case .rising: isNumbered = true
        case .mixed: return false
        }
        var last = ordered.last
        for point in batch {
            guard (point.sequence != Point.unnumbered) == isNumbered else { return false }
            if let last {
                guard last.timeMilliseconds <= point.timeMilliseconds,
                    isNumbered
                        ? last.sequence < point.sequence
                        : last.timeMilliseconds < point.timeMilliseconds
                else { return false }
            }
            last = point
        }
        return true
    }

    /// The batch with one content a reading, by time and sequence.
    private static func distinct(_ batch: [Point]) -> [Point] {
        var sorted = batch
        sorted.sort { a, b in
            if a.sequence != b.sequence { return a.sequence < b.sequence }
            return a.wins(over: b)
        }
        var kept: [Point] = []
        for point in sorted where kept.last.map({ !$0.isSameReading(as: point) }) ?? true {
            kept.append(point)
        }
        kept.sort { $0.isBefore($1) }
        return kept
    }

    private mutating func merge(_ batch: [Point]) -> Int? {
        var fresh: [Point] = []
        var gone: Set<Int> = []
        for point in batch {
            guard let index = index(of: point) else {
                fresh.append(point)
                continue
            }
            if point.wins(over: ordered[index]) {
                gone.insert(index)
                fresh.append(point)
            }
        }
        guard let firstFresh = fresh.first else { return nil }
        let first = min(gone.min() ?? Int.max, place(of: firstFresh))
        var tail: [Point] = []
        tail.reserveCapacity(ordered.count - first + fresh.count)
        var next = 0
        for index in first..<ordered.count where !gone.contains(index) {
            while next < fresh.count, fresh[next].isBefore(ordered[index]) {
                tail.append(fresh[next])
                next += 1
            }
            tail.append(ordered[index])
        }
        tail.append(contentsOf: fresh[next...])
        ordered.replaceSubrange(first..., with: tail)
        number(fresh)
        return first
    }

    /// Keeps ``numbering`` right after the points named came in.
    private mutating func number(_ fresh: [Point]) {
        if case .mixed(var times) = numbering {
            numbering = .none
            for point in fresh where point.sequence != Point.unnumbered {
                times[point.sequence] = point.timeMilliseconds
            }
            numbering = .mixed(times)
            return
        }
        if ordered.allSatisfy({ $0.sequence == Point.unnumbered }) { return }
        var last: Int64 = -1
        let rises = ordered.allSatisfy { point in
            defer { last = point.sequence }
            return point.sequence > last
        }
        if rises {
            numbering = .rising
            return
        }
        var times: [Int64: Int64] = [:]
        for point in ordered where point.sequence != Point.unnumbered {
            times[point.sequence] = point.timeMilliseconds
        }
        numbering = .mixed(times)
    }

    /// Whether there is a reading of this identity.
    public func contains(_ key: PointKey) -> Bool { index(of: key) != nil }

    private func index(of key: PointKey) -> Int? {
        var point = Point(timeMilliseconds: 0, latitudeE7: 0, longitudeE7: 0)
        switch key {
        case .sequence(let number): point.sequence = number
        case .time(let time): point.timeMilliseconds = time
        }
        return index(of: point)
    }

    /// Where the reading lies, whatever it says.
    private func index(of point: Point) -> Int? {
        var wanted = point
        if point.sequence != Point.unnumbered {
            switch numbering {
            case .none: return nil
            case .rising:
                let index = firstIndex { $0.sequence >= point.sequence }
                return index < ordered.count && ordered[index].sequence == point.sequence
                    ? index : nil
            case .mixed(let times):
                guard let time = times[point.sequence] else { return nil }
                wanted.timeMilliseconds = time
            }
        }
        let index = place(of: wanted)
        return index < ordered.count && ordered[index].isSameReading(as: point) ? index : nil
    }

    /// The index of the first point that is not before this one.
    private func place(of point: Point) -> Int { firstIndex { !$0.isBefore(point) } }

    /// The first index from which on the test holds, by halves.
    private func firstIndex(where holds: (Point) -> Bool) -> Int {
        var low = 0
        var high = ordered.count
        while low < high {
            let middle = (low + high) / 2
            if holds(ordered[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
