public import EventLog

/// The limits of a projector.
public struct ProjectorSettings: Sendable {
    /// The reader's name among those of its version; the same after a restart.
    public var instance = "reader"
    /// How long positions may go on in the projection before they are mirrored on the log.
    public var mirrorInterval = Duration.seconds(2)
    /// How much one transaction takes in at most.
    public var batch = ReadLimit(records: 2_000, bytes: 8 << 20)
    /// How long a read waits for the first record.
    public var readWait = Duration.milliseconds(500)
    /// Silence after a trip's last upload after which it is shown as complete without an end
    /// record, in milliseconds: 30 minutes.
    public var silenceMilliseconds: Int64 = 1_800_000
    /// How often trips are looked through for silence, in milliseconds.
    public var sweepMilliseconds: Int64 = 10_000
    /// Trips that one such look takes at most; the rest follow with the next batch.
    public var sweepTrips = 500
    /// The longest wait before something that failed is tried again; the first is 50 ms.
    public var longestRetry = Duration.seconds(2)
    /// Records that may be left to read, of those there when the projector began, for the reader
    /// to be ready.
    public var readyLagRecords: Int64 = 1_000
    /// Between two looks, after a start, at partitions from which nothing comes.
    public var endLookInterval = Duration.seconds(1)
    /// Without a turn of the projector for so long the reader is not ready.
    public var stuckAfter = Duration.seconds(30)
    /// Bytes of answers that are kept ready to be sent again, at most: 64 MiB.
    public var answerBytes = 64 << 20
    /// How often a live stream is shown that it is alive.
    public var heartbeat = Duration.seconds(15)

    /// The defaults.
    public init() {}
}

/// What a projector tells of itself while it runs; each closure must be quick.
public struct ProjectorObserver: Sendable {
    /// A transaction begins (true) or is over (false).
    public var transaction: @Sendable (Bool) -> Void
    /// Something failed and is tried again, with the reason.
    public var retrying: @Sendable (String) -> Void

    /// Tells nobody, unless said otherwise.
    public init(
        transaction: @escaping @Sendable (Bool) -> Void = { _ in },
        retrying: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.transaction = transaction
        self.retrying = retrying
    }
}
