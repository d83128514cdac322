public import Trips

/// A trip as the projection keeps it: what queries look at, and documents ready to serve.
public struct TripRow: Equatable, Sendable {
    /// How a trip is shown.
    public enum Status: Int64, Sendable, CaseIterable {
        /// Under way.
        case driving = 1
        /// Over, by its end record or by long silence.
        case complete = 2
        /// Gone; only id, user and positions are left.
        case deleted = 3

        /// As it stands in documents and queries.
        public var word: String {
            switch self {
            case .driving: "driving"
            case .complete: "complete"
            case .deleted: "deleted"
            }
        }
    }

    /// The trip.
    public var trip: TripID
    /// Whose it is.
    public var user: String
    /// How it is shown.
    public var status: Status
    /// What lists are sorted by: the first point's time, or that of the last upload where there is
    /// no point yet; epoch milliseconds.
    public var sortMilliseconds: Int64
    /// The partition of its uploads.
    public var partition: Int
    /// The offset of the last upload that changed it.
    public var lastUpload: Int64
    /// When the log took that upload, in epoch milliseconds.
    public var lastUploadMilliseconds: Int64
    /// Metres driven.
    public var distanceMeters: Int64 = 0
    /// From the first to the last point, in milliseconds.
    public var durationMilliseconds: Int64 = 0
    /// 0…100, or nil where there is none.
    public var score: Int64?
    /// Events by kind.
    public var hardBrakes: Int64 = 0
    /// Events by kind.
    public var hardAccelerations: Int64 = 0
    /// Events by kind.
    public var hardCorners: Int64 = 0
    /// The offset of its first upload.
    public var firstUpload: Int64 = 0
    /// Its highest speed, in metres per hour.
    public var maxSpeedMetersPerHour: Int64 = 0
    /// The trip as JSON.
    public var document: [UInt8] = []
    /// Its events as JSON.
    public var events: [UInt8] = []
    /// The value of its record in `trip-scores.vN`, from which both were made.
    public var message: [UInt8] = []

    /// A trip without results.
    public init(
        trip: TripID, user: String, status: Status, sortMilliseconds: Int64, partition: Int,
        lastUpload: Int64, lastUploadMilliseconds: Int64
    ) {
        self.trip = trip
        self.user = user
        self.status = status
        self.sortMilliseconds = sortMilliseconds
        self.partition = partition
        self.lastUpload = lastUpload
        self.lastUploadMilliseconds = lastUploadMilliseconds
    }
}
