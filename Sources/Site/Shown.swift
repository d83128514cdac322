internal import Projection
internal import Topics
internal import Trips

/// A trip as a page may show it.
struct Shown {
    /// The trip's row.
    var row: TripRow
    /// What the version says of it.
    var message: Tacho_V1_TripScore
    /// The version.
    var version: Version
    /// Its points, where the page draws them.
    var points: [Point] = []
}
