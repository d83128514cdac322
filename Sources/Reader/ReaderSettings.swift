/// The limits of a reader.
public struct ReaderSettings: Sendable {
    /// How long `Tacho-Read-After` waits.
    public var readAfterWait = Duration.seconds(2)
    /// How long a read that is to show the log's end waits before it asks whether there are records
    /// at all in what is missing.
    public var endLookAfter = Duration.milliseconds(100)
    /// Trips that a list holds, unless the request says otherwise.
    public var listDefault = 50
    /// Trips that a list holds at most.
    public var listLimit = 200
    /// Trips that a live stream which comes back is told of at most.
    public var resumeLimit = 1_000
    /// How far before the upload that a live stream saw last it is told of changes again, in
    /// milliseconds: partitions do not become visible in step.
    public var resumeOverlapMilliseconds: Int64 = 60_000

    /// How long a version that becomes live may take to show what the one before has shown, which
    /// stands still meanwhile.
    public var turnWait = Duration.seconds(2)

    /// The defaults.
    public init() {}
}
