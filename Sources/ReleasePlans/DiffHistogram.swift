/// How many trips' scores changed by how much.
public struct DiffHistogram: Equatable, Sendable {
    /// Changes that are counted together.
    public struct Bin: Equatable, Sendable {
        /// From the least to the largest change, in points of the score.
        public let range: ClosedRange<Int>
        /// Trips.
        public let trips: Int
    }

    /// All from the first to the last that has trips, empty ones between them, by change.
    public let bins: [Bin]

    /// Narrow where most changes are.
    private static let ranges = [
        -100 ... -50, -49 ... -20, -19 ... -10, -9 ... -5, -4 ... -3, -2 ... -2, -1 ... -1,
        1...1, 2...2, 3...4, 5...9, 10...19, 20...49, 50...100,
    ]

    /// The changes of scores that a comparison found.
    public init(_ diff: VersionDiff) {
        let all = Self.ranges.map { range in
            Bin(
                range: range,
                trips: diff.differences.reduce(0) { $0 + (range.contains($1.key) ? $1.value : 0) })
        }
        let first = all.firstIndex { $0.trips > 0 } ?? 0
        let last = all.lastIndex { $0.trips > 0 } ?? -1
        bins = first <= last ? Array(all[first...last]) : []
    }

    /// The most trips of a bin.
    public var tallest: Int { bins.map(\.trips).max() ?? 0 }
}

extension DiffHistogram.Bin {
    /// `−19 to −10`, `+1`.
    public var title: String {
        range.count == 1
            ? Self.signed(range.lowerBound)
            : "\(Self.signed(range.lowerBound)) to \(Self.signed(range.upperBound))"
    }

    /// A change with its sign: `+3`, `−12`, `0`.
    public static func signed(_ change: Int) -> String {
        change > 0 ? "+\(change)" : change < 0 ? "−\(-change)" : "0"
    }
}
