/// How large a trip may become.
public struct TripLimits: Equatable, Sendable {
    /// Points that a trip may have.
    public var points: Int
    /// Milliseconds from a trip's first to its last point.
    public var spanMilliseconds: Int64
    /// Events that a trip's record lists; further ones count, and are named as left out.
    public static let listedEvents = 3_000

    /// 100,000 points in 7 days, unless said otherwise.
    public init(points: Int = 100_000, spanMilliseconds: Int64 = 7 * 86_400_000) {
        self.points = points
        self.spanMilliseconds = spanMilliseconds
    }
}

/// Why an upload does not count for a trip.
public enum Refusal: String, Error, Equatable, Sendable, CaseIterable {
    /// The trip belongs to another user.
    case foreignTrip
    /// The trip was deleted by its owner.
    case tripDeleted
    /// The trip would have more points, or last longer, than ``TripLimits`` allow.
    case tripFull
}

/// The reducer: everything a trip's uploads say of it, taken in log order.
///
/// Points are a set and may come in any order; owner (the first writer), name, end and deletion
/// follow the log.
public struct TripState: Equatable, Sendable {
    /// Who wrote first; nil before the first upload that says who wrote it.
    public private(set) var owner: UserID?
    /// The name given last.
    public private(set) var name: String?
    /// The vehicle identification number given last.
    public private(set) var vin: String?
    /// Whether an end was seen.
    public private(set) var isEnded = false
    /// Whether the owner deleted the trip.
    public private(set) var isDeleted = false
    /// Uploads refused because the trip was full.
    public private(set) var refusedAsFull = 0
    /// The points.
    public private(set) var points = TripPoints()

    /// A trip of which nothing is known.
    public init() {}

    /// What an upload did.
    public enum Change: Equatable, Sendable {
        /// Nothing that was not known before.
        case nothing
        /// Something other than points.
        case facts
        /// Points from this index on, and perhaps facts.
        case points(from: Int)
        /// Nothing: the upload does not count.
        case refused(Refusal)
    }

    /// Takes the next upload of the log.
    public mutating func absorb(_ upload: Upload, limits: TripLimits) -> Change {
        if let owner, let user = upload.user, owner != user { return .refused(.foreignTrip) }
        if isDeleted {
            return upload.content == .deletion ? .nothing : .refused(.tripDeleted)
        }
        var firstChanged: Int?
        if case .points(let batch) = upload.content {
            guard fits(batch, limits) else {
                refusedAsFull += 1
                owner = owner ?? upload.user
                return .refused(.tripFull)
            }
            firstChanged = points.insert(batch)
        }
        let before = facts
        owner = owner ?? upload.user
        name = upload.name ?? name
        vin = upload.vin ?? vin
        switch upload.content {
        case .end: isEnded = true
        case .deletion:
            isDeleted = true
            points = TripPoints()
        case .start, .points: break
        }
        if let firstChanged { return .points(from: firstChanged) }
        return facts == before ? .nothing : .facts
    }

    private var facts: [String?] {
        [owner?.rawValue, name, vin, isEnded ? "ended" : nil, isDeleted ? "deleted" : nil]
    }

    /// Whether the trip stays within its limits with these points too.
    private func fits(_ batch: [Point], _ limits: TripLimits) -> Bool {
        var first = points.ordered.first?.timeMilliseconds ?? Int64.max
        var last = points.ordered.last?.timeMilliseconds ?? Int64.min
        for point in batch {
            first = min(first, point.timeMilliseconds)
            last = max(last, point.timeMilliseconds)
        }
        guard !batch.isEmpty else { return true }
        let mayBeTooMany = points.ordered.count + batch.count > limits.points
        guard mayBeTooMany || last - first > limits.spanMilliseconds else { return true }
        var merged = points
        _ = merged.insert(batch)
        guard let start = merged.ordered.first, let end = merged.ordered.last else { return true }
        return merged.ordered.count <= limits.points
            && end.timeMilliseconds - start.timeMilliseconds <= limits.spanMilliseconds
    }
}
