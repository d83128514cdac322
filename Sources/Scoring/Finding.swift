/// An event as a detector finds it, before the score gives it a cost.
struct Finding: Sendable, Equatable {
    var kind: Event.Kind
    var severity: Event.Severity
    var startMilliseconds: Int64
    var endMilliseconds: Int64
    var latitudeE7: Int32
    var longitudeE7: Int32
    var peakMillimetersPerSecond2: Int32
    var speedBeforeMetersPerHour: Int32
    var speedAfterMetersPerHour: Int32
}
