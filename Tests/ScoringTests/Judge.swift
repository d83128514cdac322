import Scoring

/// Compares events with true accelerations.
///
/// A true event is a run at or above 0.83 of the limit whose peak reaches 0.9 of it. Those that
/// reach 1.1 must be found; a detection is right if it matches any of them, one to one, within 2 s.
enum Judge {
    static let kinds: [(kind: Event.Kind, sign: Double, limit: Double)] = [
        (.hardBrake, -1, 3.0), (.hardAcceleration, 1, 2.5),
    ]

    struct TrueEvent: Equatable {
        let start: Int64
        let end: Int64
        /// In units of the limit.
        let peak: Double
        var isMust: Bool { peak >= 1.1 }
    }

    struct Result: Equatable {
        var must = 0
        var found = 0
        var detections = 0
        var right = 0

        var precision: Double { Double(right) / Double(max(detections, 1)) }
        var recall: Double { Double(found) / Double(max(must, 1)) }
        var f1: Double { 2 * precision * recall / max(precision + recall, 1e-9) }

        static func += (left: inout Result, right: Result) {
            left.must += right.must
            left.found += right.found
            left.detections += right.detections
            left.right += right.right
        }
    }

    static func truth(
        _ times: [Int64], _ acceleration: [Double], sign: Double, limit: Double
    ) -> [TrueEvent] {
        var events: [TrueEvent] = []
        var run: (start: Int64, end: Int64, peak: Double)?
        func close() {
            if let run, run.peak >= 0.9 {
                events.append(TrueEvent(start: run.start, end: run.end, peak: run.peak))
            }
            run = nil
        }
        for (time, value) in zip(times, acceleration) {
            let size = sign * value / limit
            if size >= 0.83 {
                run = (run?.start ?? time - 1_000, time, max(run?.peak ?? 0, size))
            } else {
                close()
            }
        }
        close()
        return events
    }

    static func compare(_ truth: [TrueEvent], _ detections: [Event]) -> Result {
        var result = Result(must: truth.count { $0.isMust }, detections: detections.count)
        var used = Set<Int>()
        for event in truth.filter(\.isMust) + truth.filter({ !$0.isMust }) {
            let match = detections.indices.first {
                !used.contains($0)
                    && detections[$0].startMilliseconds <= event.end + 2_000
                    && detections[$0].endMilliseconds >= event.start - 2_000
            }
            guard let match else { continue }
            used.insert(match)
            if event.isMust { result.found += 1 }
        }
        result.right = used.count
        return result
    }
}
