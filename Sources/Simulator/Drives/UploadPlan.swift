internal import Trips

/// How phones send what they have recorded.
public struct UploadPlan: Equatable, Sendable {
    /// Seconds of driving that go into an upload, 1 or more.
    public var batchSeconds = 10.0
    /// The share of trips that lose their network for one to five minutes and send all of it
    /// afterwards.
    public var offlineShare = 0.1
    /// The share of uploads that are sent again although they arrived.
    public var resendShare = 0.03
    /// The share of uploads that begin with points of the one before.
    public var overlapShare = 0.0
    /// The share of uploads that change places with the next, their points shuffled.
    public var reorderShare = 0.0

    /// The defaults that each property names.
    public init() {}

    /// Points an upload at most, also after a long time without network.
    static let largestUpload = 2_000

    /// What is sent of a trip and when.
    func uploads(of points: [Point], using generator: inout SeededGenerator) -> [PlannedUpload] {
        guard let first = points.first, let last = points.last else { return [] }
        let span = last.timeMilliseconds - first.timeMilliseconds
        let isOffline = generator.happens(offlineShare)
        let gapStart = first.timeMilliseconds + Int64(generator.fraction() * Double(span))
        let gapEnd = gapStart + Int64(generator.between(60, 300) * 1000)
        var plan: [PlannedUpload] = []
        for batch in batches(of: points) {
            var due = points[batch.upperBound - 1].timeMilliseconds
            let isLate = isOffline && (gapStart..<gapEnd).contains(due)
            if isLate { due = min(gapEnd, max(due, last.timeMilliseconds)) }
            if isLate, let before = plan.last, before.dueMilliseconds == due,
                before.indices.count + batch.count <= Self.largestUpload
            {
                plan[plan.count - 1].indices += batch
            } else {
                plan.append(PlannedUpload(dueMilliseconds: due, indices: Array(batch)))
            }
        }
        return disturbed(plan, using: &generator)
    }

    private func batches(of points: [Point]) -> [Range<Int>] {
        var batches: [Range<Int>] = []
        var start = 0
        for index in points.indices {
            let age = points[index].timeMilliseconds - points[start].timeMilliseconds
            let isFull = Double(age) >= batchSeconds * 1000 || index - start >= Self.largestUpload
            if isFull {
                batches.append(start..<index)
                start = index
            }
        }
        batches.append(start..<points.count)
        return batches
    }

    private func disturbed(
        _ plan: [PlannedUpload], using generator: inout SeededGenerator
    ) -> [PlannedUpload] {
        var result: [PlannedUpload] = []
        for (number, upload) in plan.enumerated() {
            var upload = upload
            if generator.happens(overlapShare), number > 0 {
                upload.indices = plan[number - 1].indices.suffix(5) + upload.indices
            }
            result.append(upload)
            if generator.happens(resendShare) { result.append(upload) }
        }
        for index in result.indices.dropLast() where generator.happens(reorderShare) {
            result[index].indices.shuffle(using: &generator)
            let moved = result[index].indices
            result[index].indices = result[index + 1].indices
            result[index + 1].indices = moved
        }
        return result
    }
}
