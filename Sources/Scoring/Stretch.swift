/// The last seconds of an unbroken stretch of the trip, with the direction of travel of each.
struct Stretch: Sendable {
    /// Seconds on either side that the direction of travel may be taken from.
    static let directionReach = 4
    /// Metres over which a direction is certain enough.
    private static let directionMeters = 25.0
    private static let capacity = 32

    private var cells = [Cell](repeating: Cell(), count: Stretch.capacity)
    /// Seconds of the stretch so far.
    private(set) var count = 0
    /// Of these, those whose direction is known.
    private(set) var directed = 0

    /// The second at `index`, which must be among the last 32.
    subscript(index: Int) -> Cell { cells[index & (Stretch.capacity - 1)] }

    /// The second at `index`, or the nearest one that can be seen and has a direction.
    subscript(clamping index: Int) -> Cell {
        self[min(max(index, bounds.lowerBound), bounds.upperBound - 1)]
    }

    /// How rough the speed is around the second at `index`, m/s: the median size of what a second
    /// differs by from the mean of its neighbours, times two, over the ``Recognizer``'s window.
    ///
    /// A manoeuvre bends the speed in few places, noise in all.
    func roughness(at index: Int) -> Double {
        withCells { cells in
            var bends = InlineArray<13, Double> { place in
                let middle = index + place - Recognizer.before + 1
                let ends = cells[clamping: middle - 1].along + cells[clamping: middle + 1].along
                return abs(ends - 2 * cells[clamping: middle].along)
            }
            for end in 1..<13 {
                var place = end
                while place > 0, bends[place - 1] > bends[place] {
                    bends.swapAt(place - 1, place)
                    place -= 1
                }
            }
            return bends[6]
        }
    }

    /// Looks at the seconds without a check an access.
    func withCells<T>(_ body: (Cells) -> T) -> T {
        let bounds = bounds
        return cells.withUnsafeBufferPointer { buffer in
            body(Cells(buffer: buffer, first: bounds.lowerBound, last: bounds.upperBound - 1))
        }
    }

    /// The seconds that can be seen and have a direction, from ``first`` to ``last``.
    struct Cells {
        fileprivate let buffer: UnsafeBufferPointer<Cell>
        let first: Int
        let last: Int

        /// The second at `index`, or the nearest one there is.
        subscript(clamping index: Int) -> Cell {
            let near = index < first ? first : index > last ? last : index
            // Below 32, the number of cells, which is a power of two.
            return buffer[near & (Stretch.capacity - 1)]
        }
    }

    /// The seconds that can still be seen and have a direction.
    var bounds: Range<Int> { max(0, count - Stretch.capacity)..<directed }

    mutating func append(_ cell: Cell) {
        cells[count & (Stretch.capacity - 1)] = cell
        count += 1
        if count - directed > Stretch.directionReach { direct() }
    }

    /// Finds the directions that waited for later seconds.
    mutating func complete() {
        while directed < count { direct() }
    }

    /// Forgets everything: a new stretch begins.
    mutating func clear() {
        count = 0
        directed = 0
    }

    /// Finds the direction of travel of the next second: that of the shortest symmetric way around
    /// it that is long enough, or of the longest there is.
    private mutating func direct() {
        let index = directed
        var east = self[index].east
        var north = self[index].north
        var reach = 0
        while reach < Stretch.directionReach,
            east * east + north * north < Stretch.directionMeters * Stretch.directionMeters
        {
            reach += 1
            if index - reach >= 0 {
                east += self[index - reach].east
                north += self[index - reach].north
            }
            if index + reach < count {
                east += self[index + reach].east
                north += self[index + reach].north
            }
        }
        let slot = index & (Stretch.capacity - 1)
        let length = (east * east + north * north).squareRoot()
        if length > 0 {
            cells[slot].directionEast = east / length
            cells[slot].directionNorth = north / length
            cells[slot].along =
                (cells[slot].east * east + cells[slot].north * north) / length
        }
        directed += 1
    }
}
