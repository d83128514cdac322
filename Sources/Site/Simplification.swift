/// A place on a drawing.
struct Place: Equatable {
    var x: Double
    var y: Double
}

/// Lines with fewer corners that look alike (Douglas and Peucker, 1973).
enum Simplification {
    /// Indices of places to keep, first and last among them: no place left out is further than
    /// `tolerance` from the line that is left.
    static func keep(_ places: ArraySlice<Place>, tolerance: Double) -> [Int] {
        guard places.count > 2 else { return Array(places.indices) }
        var kept: Set<Int> = [places.startIndex, places.endIndex - 1]
        var open = [(places.startIndex, places.endIndex - 1)]
        while let (first, last) = open.popLast() {
            var furthest = (index: first, square: tolerance * tolerance)
            for index in first + 1..<max(last, first + 1) {
                let square = square(places[index], from: places[first], to: places[last])
                if square > furthest.square { furthest = (index, square) }
            }
            guard furthest.index != first else { continue }
            kept.insert(furthest.index)
            open.append((first, furthest.index))
            open.append((furthest.index, last))
        }
        return kept.sorted()
    }

    /// The same of several lines, which together keep at most `limit` places, if need be by a
    /// larger tolerance: noise on a small drawing has corners without end.
    static func keep(
        _ lines: [ArraySlice<Place>], tolerance: Double, limit: Int
    ) -> [[Int]] {
        var tolerance = tolerance
        var kept = lines.map { keep($0, tolerance: tolerance) }
        for _ in 0..<24 where kept.reduce(0, { $0 + $1.count }) > limit {
            tolerance *= 1.5
            kept = lines.map { keep($0, tolerance: tolerance) }
        }
        return kept
    }

    /// The square of the distance of a place from a line between two others.
    private static func square(_ place: Place, from a: Place, to b: Place) -> Double {
        let dx = b.x - a.x
        let dy = b.y - a.y
        let length = dx * dx + dy * dy
        var share = 0.0
        if length > 0 { share = ((place.x - a.x) * dx + (place.y - a.y) * dy) / length }
        share = min(max(share, 0), 1)
        let x = place.x - a.x - share * dx
        let y = place.y - a.y - share * dy
        return x * x + y * y
    }
}
