/// How many events of a kind were to be found, were found, and were right.
public struct Tally: Equatable, Sendable, Codable {
    /// True events that must be found.
    public var mustFind: Int
    /// Those of them that were found.
    public var found: Int
    /// Events that were reported.
    public var detections: Int
    /// Those of them that match a true event.
    public var right: Int

    /// A tally.
    public init(mustFind: Int = 0, found: Int = 0, detections: Int = 0, right: Int = 0) {
        self.mustFind = mustFind
        self.found = found
        self.detections = detections
        self.right = right
    }

    /// The share of reported events that are right; 1 where none was reported.
    public var precision: Double { detections == 0 ? 1 : Double(right) / Double(detections) }
    /// The share of events to be found that were found; 1 where there were none.
    public var recall: Double { mustFind == 0 ? 1 : Double(found) / Double(mustFind) }
    /// The harmonic mean of both, 0…1.
    public var f1: Double {
        let sum = precision + recall
        return sum == 0 ? 0 : 2 * precision * recall / sum
    }

    /// Adds what another drive came to.
    public static func += (total: inout Tally, part: Tally) {
        total.mustFind += part.mustFind
        total.found += part.found
        total.detections += part.detections
        total.right += part.right
    }
}
