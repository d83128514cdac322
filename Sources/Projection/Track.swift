internal import EventLog
internal import SQLite
internal import Topics
public import Trips

extension Projection {
    /// Which content a track has: the last of its uploads that is shown, and how many there are.
    /// Both the same, the track is the same.
    public struct TrackTag: Equatable, Sendable {
        /// The offset of the last upload shown, -1 where there is none.
        public var lastUpload: Int64
        /// Uploads shown.
        public var uploads: Int64
    }

    /// What a trip's track is now, without reading it; nil where there is no such trip or it was
    /// deleted.
    public func trackTag(of trip: TripID) throws -> TrackTag? {
        try read(.trackTag) { connection in
            guard let end = try connection.shownEnd(of: trip) else { return nil }
            return try connection.rows(
                "SELECT max(upload), count(*) FROM blocks WHERE trip = ? AND upload < ?",
                .text(trip.rawValue), .integer(end)
            ) { TrackTag(lastUpload: $0.isNull(0) ? -1 : $0.int64(0), uploads: $0.int64(1)) }.first
        }
    }

    /// The trip's points in order, up to the scored progress, as the scorer's own reducer makes
    /// them of the uploads; nil where there is no such trip or it was deleted.
    public func track(of trip: TripID, limits: TripLimits = TripLimits()) throws -> [Point]? {
        try read(.track) { connection in
            guard let uploads = try connection.shownUploads(of: trip) else { return nil }
            var state = TripState()
            while let (upload, _) = try uploads.next() {
                // What the scorer could not read is a dead letter, and no part of the trip.
                if let upload { _ = state.absorb(upload, limits: limits) }
            }
            return state.points.ordered
        }
    }
}

/// A trip's uploads that are scored and here, in log order.
struct ShownUploads {
    private let statement: Statement

    fileprivate init(_ statement: Statement) { self.statement = statement }

    /// The next one, nil where it cannot be read, and when the log took it; nil after the last.
    func next() throws(SQLiteError) -> (upload: Upload?, milliseconds: Int64)? {
        guard try statement.step() else { return nil }
        return (try? Topics.tripUploads.decode(statement.bytes(0)), statement.int64(1))
    }
}

extension Connection {
    /// The trip's uploads, up to the scored progress; nil where there is no such trip or it was
    /// deleted.
    func shownUploads(of trip: TripID) throws(SQLiteError) -> ShownUploads? {
        guard let end = try shownEnd(of: trip) else { return nil }
        let statement = try statement(
            "SELECT value, time FROM blocks WHERE trip = ? AND upload < ? ORDER BY upload")
        try statement.bind(1, trip.rawValue)
        try statement.bind(2, end)
        return ShownUploads(statement)
    }

    /// The offset before which the trip's uploads are scored and here.
    fileprivate func shownEnd(of trip: TripID) throws(SQLiteError) -> Int64? {
        try rows(
            """
            SELECT min(coalesce(progress.next_offset, 0), coalesce(positions.next_offset, 0))
            FROM trips LEFT JOIN progress ON progress.partition = trips.partition
            LEFT JOIN positions
                ON positions.topic = ? AND positions.partition = trips.partition
            WHERE id = ? AND status < 3
            """, .text(Topics.tripUploads.name.rawValue), .text(trip.rawValue)
        ) { $0.int64(0) }.first
    }
}
