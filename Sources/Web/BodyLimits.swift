/// How large and how slow a request's body may be.
public struct BodyLimits: Equatable, Sendable {
    /// Bytes of a body, inflated where it comes deflated.
    public var bytes = 8 << 20
    /// Bytes of bodies that the process holds at a time.
    public var bytesInFlight = 96 << 20
    /// Bytes that a body of unknown size takes before it is known to be larger; one that is takes
    /// all of ``bytes``, so that no two bodies wait for each other in small steps.
    public var firstShareBytes = 64 << 10
    /// How long a body waits for its share of ``bytesInFlight``.
    public var shareWait = Duration.seconds(10)
    /// How long a body may take to arrive.
    public var arrival = Duration.seconds(60)

    /// 8 MiB a body, 96 MiB at a time, unless said otherwise.
    public init() {}
}
