internal import SwiftProtobuf
internal import Trips

/// The wire form of what MyDriving's clients say beside what counts.
enum SaidColumns {
    /// What a message says beside its content; nil where it says nothing.
    ///
    /// - Parameter content: what it says it beside.
    static func said(
        in message: Tacho_V1_TripUpload, beside content: Upload.Content
    ) throws(Undecodable) -> Said? {
        guard message.hasMyDrivingTrip || !message.myDrivingPoints.isEmpty else { return nil }
        var said = Said()
        if message.hasMyDrivingTrip {
            guard content.maySayFacts else {
                throw Undecodable("my_driving_trip: only in a start, an amendment or an end")
            }
            said.trip = try facts(message.myDrivingTrip)
        }
        let count = content.pointCount
        var next = 0
        for point in message.myDrivingPoints {
            let index = Int(point.index)
            guard (next..<max(next, count)).contains(index) else {
                throw Undecodable(
                    "my_driving_points: index \(index) of \(count) points, after \(next - 1)")
            }
            next = index + 1
            said.points.append(Said.OfPoint(index: index, facts: try facts(point)))
        }
        return said
    }

    private static func facts(
        _ message: Tacho_V1_MyDrivingTrip
    ) throws(Undecodable) -> TripFacts {
        var facts = TripFacts()
        if message.hasRecordedAtMs { facts.recordedMilliseconds = message.recordedAtMs }
        if message.hasEndedAtMs { facts.endMilliseconds = message.endedAtMs }
        if message.hasFuelUsedGal { facts.fuelUsedGallons = message.fuelUsedGal }
        if message.hasHasSimulatedObdData_p {
            facts.hasSimulatedOBDData = message.hasSimulatedObdData_p
        }
        if let name = facts.violation {
            throw Undecodable("my_driving_trip: \(name) is out of range")
        }
        return facts
    }

    private static func facts(
        _ message: Tacho_V1_MyDrivingPoint
    ) throws(Undecodable) -> PointFacts {
        var facts = PointFacts()
        if message.hasShortTermFuelBank { facts.shortTermFuelBank = message.shortTermFuelBank }
        if message.hasLongTermFuelBank { facts.longTermFuelBank = message.longTermFuelBank }
        if message.hasRelativeThrottlePosition {
            facts.relativeThrottlePosition = message.relativeThrottlePosition
        }
        if message.hasRuntime { facts.runtime = message.runtime }
        if message.hasDistanceWithMalfunctionLight {
            facts.distanceWithMalfunctionLight = message.distanceWithMalfunctionLight
        }
        if message.hasHasObdData_p { facts.hasOBDData = message.hasObdData_p }
        if message.hasHasSimulatedObdData_p {
            facts.hasSimulatedOBDData = message.hasSimulatedObdData_p
        }
        if message.hasVin { facts.vin = message.vin }
        if let name = facts.violation {
            throw Undecodable("my_driving_points: \(message.index): \(name) is out of range")
        }
        return facts
    }

    /// Writes into a message what is said beside its content.
    static func write(_ said: Said, into message: inout Tacho_V1_TripUpload) {
        if let facts = said.trip { message.myDrivingTrip = self.message(facts) }
        message.myDrivingPoints = said.points.map(self.message)
    }

    private static func message(_ facts: TripFacts) -> Tacho_V1_MyDrivingTrip {
        var message = Tacho_V1_MyDrivingTrip()
        if let time = facts.recordedMilliseconds { message.recordedAtMs = time }
        if let time = facts.endMilliseconds { message.endedAtMs = time }
        if let fuel = facts.fuelUsedGallons { message.fuelUsedGal = fuel }
        if let simulated = facts.hasSimulatedOBDData { message.hasSimulatedObdData_p = simulated }
        return message
    }

    private static func message(_ point: Said.OfPoint) -> Tacho_V1_MyDrivingPoint {
        let facts = point.facts
        var message = Tacho_V1_MyDrivingPoint()
        message.index = UInt32(point.index)
        if let value = facts.shortTermFuelBank { message.shortTermFuelBank = value }
        if let value = facts.longTermFuelBank { message.longTermFuelBank = value }
        if let value = facts.relativeThrottlePosition { message.relativeThrottlePosition = value }
        if let value = facts.runtime { message.runtime = value }
        if let value = facts.distanceWithMalfunctionLight {
            message.distanceWithMalfunctionLight = value
        }
        if let value = facts.hasOBDData { message.hasObdData_p = value }
        if let value = facts.hasSimulatedOBDData { message.hasSimulatedObdData_p = value }
        if let value = facts.vin { message.vin = value }
        return message
    }
}

extension Upload.Content {
    /// Whether something may be said of the trip beside it.
    fileprivate var maySayFacts: Bool {
        switch self {
        case .start, .amendment, .end: true
        case .points, .correction, .removal, .report, .deletion: false
        }
    }

    /// Points that something may be said of.
    fileprivate var pointCount: Int {
        switch self {
        case .points(let points): points.count
        case .correction: 1
        case .start, .end, .deletion, .amendment, .removal, .report: 0
        }
    }
}
