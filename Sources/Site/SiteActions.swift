public import Trips

/// The log does not take anything now.
public struct NotTaken: Error {
    /// It does not.
    public init() {}
}

/// What pages do beyond reading a projection, as the program gives it.
public struct SiteActions: Sendable {
    /// What an operator wants to know, now.
    public var operations: @Sendable () async throws -> OperationsReport
    /// Puts an upload onto the log, and returns once it is durable; throws ``NotTaken`` where the
    /// log does not take it.
    public var append: @Sendable (TripID, Upload) async throws -> Receipt
    /// Puts a change of a profile onto the log, and returns once it is durable; throws ``NotTaken``
    /// where the log does not take it.
    public var change: @Sendable (ProfileID, UserChange) async throws -> Receipt
    /// A track as a file of a format (`gpx`, `csv`, `geojson`, `json`); nil for any other.
    public var track: @Sendable (String, [Point]) -> (bytes: [UInt8], type: String)?
    /// The clock, in epoch milliseconds.
    public var now: @Sendable () -> Int64

    /// What pages do.
    public init(
        operations: @escaping @Sendable () async throws -> OperationsReport,
        append: @escaping @Sendable (TripID, Upload) async throws -> Receipt,
        change: @escaping @Sendable (ProfileID, UserChange) async throws -> Receipt,
        track: @escaping @Sendable (String, [Point]) -> (bytes: [UInt8], type: String)?,
        now: @escaping @Sendable () -> Int64
    ) {
        self.operations = operations
        self.append = append
        self.change = change
        self.track = track
        self.now = now
    }
}
