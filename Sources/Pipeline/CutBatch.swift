internal import EventLog
internal import Topics
internal import Trips

/// What a batch of one partition's positions comes to. Decides only: reading and committing are
/// the session's.
struct CutBatch {
    private let settings: CutterSettings
    private let partitions: Int
    private var phones: [[UInt8]: DeviceTrips] = [:]
    private var trips: [TripID: Gathered] = [:]
    private var order: [TripID] = []
    /// What is known now of phones of which something else was known before, encoded.
    private(set) var changed: [[UInt8]: [UInt8]] = [:]
    /// What became of the positions.
    private(set) var tally = CutTally()

    /// What is to be said of one trip.
    private struct Gathered {
        var user: UserID
        var points: [Point] = []
        var isOver = false
        var source: Record
    }

    init(settings: CutterSettings, partitions: Int) {
        self.settings = settings
        self.partitions = partitions
    }

    /// Takes the next record of the partition.
    ///
    /// - Parameter known: what is known of phones before this batch, encoded.
    /// - Returns: why the record cannot be used, where it cannot; it is passed over.
    mutating func absorb(_ record: Record, known: [[UInt8]: [UInt8]]) -> Undecodable? {
        guard let phone = UserDevice(key: String(decoding: record.key, as: UTF8.self)) else {
            return Undecodable("the key is not a user, a NUL and a device")
        }
        guard let value = record.value else { return Undecodable("the record has no value") }
        do throws(Undecodable) {
            let upload = try Topics.devicePoints.decode(value)
            guard upload.user == phone.user, case .points(let points) = upload.content else {
                return Undecodable("the value has no points, or is another user's than the key")
            }
            var trips = try state(of: record.key, known: known)
            let before = trips
            for point in points {
                note(trips.absorb(point, limits: settings.limits), phone, record)
            }
            phones[record.key] = trips
            if trips != before { changed[record.key] = Topics.deviceTrips.encode(trips) }
            return nil
        } catch {
            return error
        }
    }

    /// The records that everything absorbed comes to, for one partition of phones.
    func outputs(to partition: Int) -> [NewRecord] {
        var records: [NewRecord] = []
        for trip in order {
            guard let gathered = trips[trip] else { continue }
            var rest = gathered.points[...]
            while !rest.isEmpty {
                let points = Array(rest.prefix(settings.pointsOfRecord))
                rest = rest.dropFirst(points.count)
                records.append(upload(.points(points), trip, gathered, records.count))
            }
            if gathered.isOver {
                records.append(upload(.end, trip, gathered, records.count))
            }
        }
        let states = TopicPartition(Topics.deviceTrips.name, partition)
        for (key, value) in changed.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            records.append(NewRecord(to: states, key: key, value: value))
        }
        return records
    }

    private func state(
        of key: [UInt8], known: [[UInt8]: [UInt8]]
    ) throws(Undecodable) -> DeviceTrips {
        if let phone = phones[key] { return phone }
        guard let bytes = known[key] else { return DeviceTrips() }
        return try Topics.deviceTrips.decode(bytes)
    }

    private mutating func note(
        _ outcome: DeviceTrips.Outcome, _ phone: UserDevice, _ record: Record
    ) {
        switch outcome {
        case .forgotten: tally.forgotten += 1
        case .effects(let effects): for effect in effects { gather(effect, phone, record) }
        case .resting(let effects):
            tally.resting += 1
            for effect in effects { gather(effect, phone, record) }
        }
    }

    private mutating func gather(
        _ effect: DeviceTrips.Effect, _ phone: UserDevice, _ record: Record
    ) {
        switch effect {
        case .add(let points, let first):
            tally.added += points.count
            with(phone.trip(firstMilliseconds: first), phone, record) { $0.points += points }
        case .end(let first):
            tally.ended += 1
            with(phone.trip(firstMilliseconds: first), phone, record) { $0.isOver = true }
        }
    }

    private mutating func with(
        _ trip: TripID, _ phone: UserDevice, _ record: Record, _ change: (inout Gathered) -> Void
    ) {
        if trips[trip] == nil { order.append(trip) }
        var gathered = trips[trip] ?? Gathered(user: phone.user, source: record)
        gathered.source = record
        change(&gathered)
        trips[trip] = gathered
    }

    /// An upload as a CloudEvent; its id is made of where the positions came from, so that the
    /// same cut has the same ids.
    private func upload(
        _ content: Upload.Content, _ trip: TripID, _ gathered: Gathered, _ number: Int
    ) -> NewRecord {
        let headers = CloudEvent.headers(
            type: content.eventType, source: "/\(Topics.devicePoints.name)",
            id: "\(gathered.source.position).\(number)",
            trace: gathered.source.header("traceparent").map { String(decoding: $0, as: UTF8.self) }
        )
        return Topics.tripUploads.record(
            partition: Partitioner.partition(of: trip.rawValue.utf8, count: partitions),
            key: trip.rawValue, value: Upload(user: gathered.user, content: content),
            headers: headers)
    }
}
