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
        /// When the log took it, in epoch milliseconds.
        public var milliseconds: Int64
        /// Whether it says facts of the trip.
        public var saysFacts: Bool
        /// The record's value.
        public var value: [UInt8]

        /// An upload of `trip`.
        public init(
            position: Position, trip: TripID, milliseconds: Int64, saysFacts: Bool = false,
            value: [UInt8]
        ) {
            self.position = position
            self.trip = trip
            self.milliseconds = milliseconds
            self.saysFacts = saysFacts
            self.value = value
        }
    }

    /// A point of interest that an upload reports.
    public struct Report: Sendable {
        /// Where the upload lies in `trip-uploads`.
        public var position: Position
        /// The trip.
        public var trip: TripID
        /// Who reports it.
        public var user: UserID
        /// When the log took it, in epoch milliseconds.
        public var milliseconds: Int64
        /// What is reported.
        public var point: ReportedPoint

        /// A report of `trip`.
        public init(
            position: Position, trip: TripID, user: UserID, milliseconds: Int64,
            point: ReportedPoint
        ) {
            self.position = position
            self.trip = trip
            self.user = user
            self.milliseconds = milliseconds
            self.point = point
        }
    }

    /// A change of a profile.
    public struct ProfileChange: Sendable {
        /// Where it lies in `users`.
        public var position: Position
        /// The profile.
        public var profile: ProfileID
        /// When the log took it, in epoch milliseconds.
        public var milliseconds: Int64
        /// What is changed.
        public var change: UserChange

        /// A change of `profile`.
        public init(
            position: Position, profile: ProfileID, milliseconds: Int64, change: UserChange
        ) {
            self.position = position
            self.profile = profile
            self.milliseconds = milliseconds
            self.change = change
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
    /// Reports, in offset order within a partition.
    public var reports: [Report] = []
    /// Changes of profiles, in offset order.
    public var changes: [ProfileChange] = []
    /// Trips, with the position of the record that they come from, in offset order.
    public var trips: [(position: Position, outcome: Outcome)] = []
    /// For partitions of `trip-uploads`, the offset before which every upload is scored.
    public var progress: [Int: Int64] = [:]
    /// The next offset to read of every partition that the batch was read from.
    public var positions: [TopicPartition: Int64] = [:]

    /// Nothing.
    public init() {}
}
