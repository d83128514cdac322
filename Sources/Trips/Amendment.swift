/// What is changed of a trip, besides its name and the vehicle's number, which an upload carries.
public struct Amendment: Equatable, Sendable {
    /// Whether the trip is over, from now on; nil leaves it as it is.
    public var complete: Bool?

    /// An amendment that changes nothing, unless said otherwise.
    public init(complete: Bool? = nil) { self.complete = complete }
}
