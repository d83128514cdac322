/// Why an upload does not count for a trip.
public enum Refusal: String, Error, Equatable, Sendable, CaseIterable {
    /// The trip belongs to another user.
    case foreignTrip
    /// The trip was deleted by its owner.
    case tripDeleted
    /// The trip would have more points or edits, or last longer, than ``TripLimits`` allow.
    case tripFull
}

/// The reducer: everything a trip's uploads say of it, taken in log order.
///
/// Points are a set and may come in any order; owner (the first writer), name, end, edits and
/// deletion follow the log.
public struct TripState: Equatable, Sendable {
    /// Who wrote first; nil before the first upload that says who wrote it.
    public private(set) var owner: UserID?
    /// The name given last.
    public private(set) var name: String?
    /// The vehicle identification number given last.
    public private(set) var vin: String?
    /// Whether an end was seen, and the trip not opened again since.
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
        guard fits(upload.content, limits) else {
            refusedAsFull += 1
            owner = owner ?? upload.user
            return .refused(.tripFull)
        }
        let before = facts
        var firstChanged: Int?
        owner = owner ?? upload.user
        name = upload.name ?? name
        vin = upload.vin ?? vin
        switch upload.content {
        case .points(let batch): firstChanged = points.insert(batch)
        case .correction(let key, let point): firstChanged = points.correct(key, to: point)
        case .removal(let key): firstChanged = points.remove(key)
        case .end: isEnded = true
        case .amendment(let amendment): isEnded = amendment.complete ?? isEnded
        case .deletion:
            isDeleted = true
            points = TripPoints()
        case .start, .report: break
        }
        if let firstChanged { return .points(from: firstChanged) }
        return facts == before ? .nothing : .facts
    }

    /// All but the points, and the reports that the reducer leaves alone.
    private struct Facts: Equatable {
        var owner: UserID?
        var name: String?
        var vin: String?
        var isEnded: Bool
        var isDeleted: Bool
        var edits: Int
    }

    private var facts: Facts {
        Facts(
            owner: owner, name: name, vin: vin, isEnded: isEnded, isDeleted: isDeleted,
            edits: points.edited.count)
    }

    /// Whether the trip stays within its limits with this too.
    private func fits(_ content: Upload.Content, _ limits: TripLimits) -> Bool {
        switch content {
        case .points(let batch): return fits(batch, limits)
        case .removal(let key): return mayEdit([key], limits)
        case .correction(let key, let point):
            guard mayEdit([key, PointKey(of: point)], limits) else { return false }
            return fits([point], limits) { _ = $0.correct(key, to: point) }
        case .start, .end, .deletion, .amendment, .report: return true
        }
    }

    /// Whether these identities may be edited.
    private func mayEdit(_ keys: Set<PointKey>, _ limits: TripLimits) -> Bool {
        points.edited.count + keys.subtracting(points.edited).count <= limits.edits
    }

    private func fits(_ batch: [Point], _ limits: TripLimits) -> Bool {
        fits(batch, limits) { _ = $0.insert(batch) }
    }

    /// Whether the trip stays within its limits once these points came in, as the change lets them.
    private func fits(
        _ batch: [Point], _ limits: TripLimits, after change: (inout TripPoints) -> Void
    ) -> Bool {
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
        change(&merged)
        guard let start = merged.ordered.first, let end = merged.ordered.last else { return true }
        return merged.ordered.count <= limits.points
            && end.timeMilliseconds - start.timeMilliseconds <= limits.spanMilliseconds
    }
}
