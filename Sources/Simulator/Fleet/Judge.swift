/// An event as detection is judged by: its kind and its time, true or found.
public struct JudgedEvent: Equatable, Sendable {
    /// What is judged; corners are not, since their truth is not recorded.
    public enum Kind: String, CaseIterable, Sendable, Codable {
        /// Braking at 3.0 m/s² or more.
        case hardBrake
        /// Accelerating at 2.5 m/s² or more.
        case hardAcceleration

        /// The limit in m/s².
        var limit: Double { self == .hardBrake ? 3.0 : 2.5 }
    }

    /// The kind.
    public var kind: Kind
    /// Milliseconds since 1970.
    public var startMilliseconds: Int64
    /// Milliseconds since 1970.
    public var endMilliseconds: Int64
    /// Of a true event, its peak in units of the kind's limit; else 0.
    public var peak: Double

    /// An event.
    public init(kind: Kind, startMilliseconds: Int64, endMilliseconds: Int64, peak: Double = 0) {
        self.kind = kind
        self.startMilliseconds = startMilliseconds
        self.endMilliseconds = endMilliseconds
        self.peak = peak
    }
}

/// Compares events that were found with true ones.
///
/// A true event is a run at or above 0.83 of the limit whose peak reaches 0.9 of it. Those that
/// reach 1.1 must be found; a finding is right if it matches any of them, one to one, within 2 s.
/// The band between is nobody's mistake.
public enum Judge {
    /// The true events of a drive.
    ///
    /// - Parameter accelerations: Milliseconds since 1970, and m/s² as the mean since the reading
    ///   before, in order.
    public static func truth(
        _ accelerations: [(milliseconds: Int64, acceleration: Double)]
    ) -> [JudgedEvent] {
        var events: [JudgedEvent] = []
        for kind in JudgedEvent.Kind.allCases {
            var run: JudgedEvent?
            for (milliseconds, acceleration) in accelerations {
                let share = (kind == .hardBrake ? -acceleration : acceleration) / kind.limit
                if share >= 0.83 {
                    var current =
                        run
                        ?? JudgedEvent(
                            kind: kind, startMilliseconds: milliseconds - 1000,
                            endMilliseconds: milliseconds)
                    current.endMilliseconds = milliseconds
                    current.peak = max(current.peak, share)
                    run = current
                } else if let ended = run {
                    if ended.peak >= 0.9 { events.append(ended) }
                    run = nil
                }
            }
            if let run, run.peak >= 0.9 { events.append(run) }
        }
        return events
    }

    /// How what was found in one drive compares with what is true of it.
    public static func match(
        _ kind: JudgedEvent.Kind, truth: [JudgedEvent], found: [JudgedEvent]
    ) -> Tally {
        let truth = truth.filter { $0.kind == kind }
            .sorted { $0.startMilliseconds < $1.startMilliseconds }
        let found = found.filter { $0.kind == kind }.sorted {
            ($0.startMilliseconds, $0.endMilliseconds) < ($1.startMilliseconds, $1.endMilliseconds)
        }
        let must = truth.filter { $0.peak >= 1.1 }
        var used: Set<Int> = []
        var tally = Tally(mustFind: must.count, detections: found.count)
        for event in must + truth.filter({ $0.peak < 1.1 }) {
            let match = found.indices.first { index in
                !used.contains(index)
                    && found[index].startMilliseconds <= event.endMilliseconds + 2000
                    && found[index].endMilliseconds >= event.startMilliseconds - 2000
            }
            guard let match else { continue }
            used.insert(match)
            if event.peak >= 1.1 { tally.found += 1 }
        }
        tally.right = used.count
        return tally
    }
}
