/// What was said of one point of a body: that it was rejected, or that a reading was dropped.
public struct PointRemark: Equatable, Sendable {
    /// The point's place in the body, from 0.
    public var index: Int
    /// A JSON pointer to the value; in NDJSON its first step is the line's number, from 0.
    public var pointer: String
    /// What was wrong, and what is allowed.
    public var reason: String

    /// A remark on the point at `index`.
    public init(index: Int, pointer: String, reason: String) {
        self.index = index
        self.pointer = pointer
        self.reason = reason
    }
}

/// Remarks, all counted, and as many kept as an answer should hold.
public struct PointRemarks: Equatable, Sendable {
    /// The first of them.
    public private(set) var kept: [PointRemark] = []
    /// How many there were.
    public private(set) var count = 0
    private let limit: Int

    /// None yet; at most `limit` will be kept.
    public init(limit: Int) { self.limit = limit }

    /// Counts one, and makes it only if it is kept.
    mutating func add(_ remark: @autoclosure () -> PointRemark) {
        count += 1
        if kept.count < limit { kept.append(remark()) }
    }
}
