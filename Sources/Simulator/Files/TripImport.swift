public import Trips

/// Sends a trip through the gateway: its points in batches, several at once, then its end.
///
/// Sending a trip again changes nothing.
public struct TripImport: Sendable {
    /// How trips are sent.
    public struct Options: Sendable {
        /// Points a batch, 1…10,000.
        public var batchPoints = 500
        /// Batches of a trip on their way at once, 1 or more.
        public var batchesInFlight = 4

        /// The defaults that each property names.
        public init() {}
    }

    /// A point that the gateway found fault with.
    public struct Remark: Equatable, Sendable, Codable {
        /// Which of the trip's points, from 0.
        public var index: Int
        /// The part of the batch that is meant, as a JSON pointer.
        public var pointer: String
        /// What is wrong with it.
        public var reason: String
    }

    /// What became of a trip.
    public struct Result: Sendable {
        /// The trip.
        public var id: TripID
        /// Points that the gateway took.
        public var accepted = 0
        /// Points that it did not take.
        public var rejected: [Remark] = []
        /// Readings that it dropped from points that it took.
        public var warnings: [Remark] = []
        /// The position of the trip's end on the log, as `Tacho-Read-After` takes it.
        public var position: String?
        /// From the first batch to the answer to the end.
        public var took = Duration.zero
    }

    /// Why a trip did not get through.
    public enum Failure: Error, Sendable, CustomStringConvertible {
        /// The gateway answered an upload with a status other than 202.
        case refused(trip: TripID, status: Int, body: String)
        /// The gateway's answer is not the JSON that it promises.
        case answerUnreadable(trip: TripID, body: String)

        /// The failure in words.
        public var description: String {
            switch self {
            case .refused(let trip, let status, let body):
                "trip \(trip): the gateway answered \(status): \(body.prefix(500))"
            case .answerUnreadable(let trip, let body):
                "trip \(trip): the gateway's answer cannot be read: \(body.prefix(500))"
            }
        }
    }

    private let client: UploadClient
    private let options: Options

    /// An import over a client.
    public init(client: UploadClient, options: Options = Options()) {
        precondition((1...10_000).contains(options.batchPoints) && options.batchesInFlight > 0)
        self.client = client
        self.options = options
    }

    /// Sends a trip and its end. Throws a ``Failure``, a ``ClientError`` or `CancellationError`.
    ///
    /// - Parameter progress: Told the number of points answered for so far after every batch.
    public func send(
        _ trip: ImportedTrip, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> Result {
        let start = ContinuousClock.now
        let id = trip.id
        var result = Result(id: id)
        let starts = Array(stride(from: 0, to: trip.points.count, by: options.batchPoints))
        var answered = 0
        try await withThrowingTaskGroup(of: Answer.self) { group in
            var next = 0
            func sendNext() {
                let first = starts[next]
                next += 1
                group.addTask { try await send(trip, id, from: first) }
            }
            while next < min(options.batchesInFlight, starts.count) { sendNext() }
            for try await answer in group {
                result.accepted += answer.accepted
                result.rejected += answer.rejected
                result.warnings += answer.warnings
                answered += answer.points
                progress(answered)
                if next < starts.count { sendNext() }
            }
        }
        result.rejected.sort { $0.index < $1.index }
        result.warnings.sort { $0.index < $1.index }
        let end = try await client.post(path: TripImport.path(id, "end"), body: [])
        guard end.status == 202 else {
            throw Failure.refused(trip: id, status: end.status, body: end.text)
        }
        result.position = end[header: "Tacho-Position"]
        result.took = ContinuousClock.now - start
        return result
    }

    static func path(_ id: TripID, _ part: String) -> String {
        "/v1/trips/\(Server.encoded(segment: id.rawValue))/\(part)"
    }

    private struct Answer {
        var points: Int
        var accepted = 0
        var rejected: [Remark] = []
        var warnings: [Remark] = []
    }

    private func send(_ trip: ImportedTrip, _ id: TripID, from first: Int) async throws -> Answer {
        let points = trip.points[first..<min(first + options.batchPoints, trip.points.count)]
        let response = try await client.post(
            path: TripImport.path(id, "points"),
            headers: [.init("Content-Type", "application/json")],
            body: PointJSON.body(user: trip.user, name: trip.name, vin: trip.vin, points: points))
        let tree = try? JSONTree(response.body[...])
        guard response.status == 202 || response.status == 422 else {
            throw Failure.refused(trip: id, status: response.status, body: response.text)
        }
        // 422: not one point of this batch was good; the others may be.
        if response.status == 422, tree?["rejected"]?.items == nil {
            throw Failure.refused(trip: id, status: response.status, body: response.text)
        }
        guard let tree else { throw Failure.answerUnreadable(trip: id, body: response.text) }
        func remarks(_ key: String) -> [Remark] {
            (tree[key]?.items ?? []).map { item in
                Remark(
                    index: first + (item["index"]?.integer ?? 0),
                    pointer: item["pointer"]?.string ?? "", reason: item["reason"]?.string ?? "")
            }
        }
        return Answer(
            points: points.count, accepted: tree["accepted"]?.integer ?? 0,
            rejected: remarks("rejected"), warnings: remarks("warnings"))
    }
}
