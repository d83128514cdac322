public import Topics

/// What comparing a candidate with the live version came to, trip by trip, each where both stood
/// at the same upload; the rules' own name is not compared.
public struct VersionDiff: Equatable, Sendable {
    /// The version that is compared with.
    public let live: Version
    /// The version that is compared.
    public let candidate: Version
    /// At most so many trips of a kind are named.
    public let examples: Int

    /// Trips of which both say the same.
    public private(set) var equal = 0
    /// Trips of which they do not.
    public private(set) var differing = 0
    /// … in score, or in whether there is one.
    public private(set) var scoreChanged = 0
    /// … in events, what they cost among it.
    public private(set) var eventsChanged = 0
    /// … in neither.
    public private(set) var otherwiseChanged = 0
    /// Trips that only the candidate gives a score.
    public private(set) var gained = 0
    /// Trips that only the live version gives a score.
    public private(set) var lost = 0
    /// Trips of which both give a score that differs, by the candidate's less the live version's.
    public private(set) var differences: [Int: Int] = [:]
    /// Trips that only the live version has.
    public private(set) var missing = 0
    /// Trips that only the candidate has.
    public private(set) var extra = 0
    /// Trips that could not be compared, as one version had not come to where the other stood.
    public private(set) var moving = 0

    /// Trips that differ, those with the largest change of score first.
    public private(set) var worst: [TripChange] = []
    /// Some of those missing, by name.
    public private(set) var missingTrips: [String] = []
    /// Some of those extra, by name.
    public private(set) var extraTrips: [String] = []
    /// Some of those moving, by name.
    public private(set) var movingTrips: [String] = []

    /// A comparison of nothing so far.
    ///
    /// - Parameter examples: trips of a kind that are named, 0 or more.
    public init(live: Version, candidate: Version, examples: Int = 10) {
        self.live = live
        self.candidate = candidate
        self.examples = examples
    }

    /// Trips that were compared.
    public var compared: Int { equal + differing }

    /// Trips that either of them has.
    public var trips: Int { compared + missing + extra + moving }

    /// The share of those compared that differ, in per cent; nil where none was compared.
    public var changedPercent: Double? {
        compared > 0 ? Double(differing) / Double(compared) * 100 : nil
    }

    /// Whether both say the same of every trip.
    public var isEmpty: Bool { differing + missing + extra + moving == 0 }

    /// Takes a trip's verdict in.
    public mutating func count(_ trip: String, _ verdict: TripVerdict) {
        switch verdict {
        case .equal: equal += 1
        case .differs(let change): count(change)
        case .missing:
            missing += 1
            insert(trip, into: &missingTrips) { $0 < $1 }
        case .extra:
            extra += 1
            insert(trip, into: &extraTrips) { $0 < $1 }
        case .moving:
            moving += 1
            insert(trip, into: &movingTrips) { $0 < $1 }
        }
    }

    private mutating func count(_ change: TripChange) {
        differing += 1
        if change.isScoreOther { scoreChanged += 1 }
        if change.areEventsOther { eventsChanged += 1 }
        if !change.isScoreOther, !change.areEventsOther { otherwiseChanged += 1 }
        if let difference = change.difference {
            if difference != 0 { differences[difference, default: 0] += 1 }
        } else if change.candidateScore != nil {
            gained += 1
        } else if change.liveScore != nil {
            lost += 1
        }
        insert(change, into: &worst) { ($1.weight, $0.trip) < ($0.weight, $1.trip) }
    }

    /// Keeps the list in order and short, whatever the order in which trips come.
    private func insert<Element>(
        _ element: Element, into list: inout [Element], by isBefore: (Element, Element) -> Bool
    ) {
        if list.count == examples {
            guard let last = list.last, isBefore(element, last) else { return }
            list.removeLast()
        }
        var (low, high) = (0, list.count)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(list[middle], element) { low = middle + 1 } else { high = middle }
        }
        list.insert(element, at: low)
    }
}
