public import EventLog
public import Trips

/// What one transaction brings into a projection: rows, and the positions that they come from.
public struct ProjectionBatch: Sendable {
    /// An upload as it came, for the trip's track.
    public struct Block: Sendable {
        /// Where it lies in `trip-uploads`.
        public var position: Position
        /// Its trip.
        public var trip: TripID
        /// The record's value.
        public var value: [UInt8]

        /// An upload of `trip`.
        public init(position: Position, trip: TripID, value: [UInt8]) {
            self.position = position
            self.trip = trip
            self.value = value
        }
    }

    /// What a record of `trip-scores.vN` makes of a trip.
    public enum Outcome: Sendable {
        /// The trip is as the row says; a deleted one loses its blocks.
        case row(TripRow)
        /// Nothing is known of the trip any more.
        case forgotten(TripID)
    }

    /// Uploads, in offset order within a partition.
    public var blocks: [Block] = []
    /// Trips, with the position of the record that they come from, in offset order.
    public var trips: [(position: Position, outcome: Outcome)] = []
    /// For partitions of `trip-uploads`, the offset before which every upload is scored.
    public var progress: [Int: Int64] = [:]
    /// The next offset to read of every partition that the batch was read from.
    public var positions: [TopicPartition: Int64] = [:]

    /// Nothing.
    public init() {}
}
