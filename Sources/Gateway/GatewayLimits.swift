/// What one upload may hold, beside the limits of its body.
public struct GatewayLimits: Equatable, Sendable {
    /// Points of one upload; the wire form allows no more.
    public var points = 10_000
    /// Bytes of a protobuf body, inflated: twice what 10,000 points with every reading take.
    public var wireBytes = 1_500_000
    /// Arrays and objects of a JSON body that may be open at a time.
    public var depth = 64
    /// Rejected points, and likewise warnings, that an answer names one by one; all are counted.
    public var remarks = 1_000
    /// When to try again after the log could not take an upload, in seconds.
    public var retryAfterSeconds = 1

    /// Trips whose owners are remembered, before the older half of them is forgotten.
    public var owners = 100_000

    /// 10,000 points and 1,000 remarks, unless said otherwise.
    public init() {}
}
