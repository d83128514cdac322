internal import Trips

/// The way of a trip, small: one line, without anything that a small drawing cannot show.
enum Thumbnail {
    /// Corners that the line has at most.
    static let cornerLimit = 120
    private static let size = 96.0
    private static let margin = 8.0

    /// An SVG document; of nothing where there is no point.
    ///
    /// Its colours are seen on light and on dark ground, at 3 : 1 or more.
    static func compose(_ points: [Point]) -> String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96">\(line(points))</svg>

        """
    }

    private static func line(_ points: [Point]) -> String {
        guard let origin = points.first else { return "" }
        let flat = points.map { point in
            let step = Geometry.step(from: origin, to: point)
            return Place(x: step.east, y: -step.north)
        }
        let left = flat.reduce(0) { min($0, $1.x) }
        let right = flat.reduce(0) { max($0, $1.x) }
        let top = flat.reduce(0) { min($0, $1.y) }
        let bottom = flat.reduce(0) { max($0, $1.y) }
        let scale = (size - 2 * margin) / max(right - left, bottom - top, 50)
        let places = flat.map { place in
            Place(
                x: size / 2 + (place.x - (left + right) / 2) * scale,
                y: size / 2 + (place.y - (top + bottom) / 2) * scale)
        }
        let kept = Simplification.keep([places[...]], tolerance: 0.6, limit: cornerLimit)
        var path = ""
        TrackDrawing.append((kept.first ?? []).map { places[$0] }, to: &path)
        let (first, last) = (places[0], places[places.count - 1])
        return """
            <path d="\(path)" fill="none" stroke="#3d87b8" stroke-width="3.5" \
            stroke-linecap="round" stroke-linejoin="round"/>\
            <circle cx="\(Int(first.x.rounded()))" cy="\(Int(first.y.rounded()))" r="4" \
            fill="#8b8f92"/>\
            <circle cx="\(Int(last.x.rounded()))" cy="\(Int(last.y.rounded()))" r="5" \
            fill="#d0661f"/>
            """
    }
}
