internal import HTTPTypes
internal import Hummingbird

/// How somebody wants to see things: kept in cookies of their browser, by nobody else.
public struct Preferences: Sendable, Equatable {
    /// Kilometres or miles.
    public var units = Units.metric
    /// The zone of times; UTC, and labelled so, where nothing is known.
    public var zone = ClockZone.utc
    /// Whether the zone was chosen, so that the browser's own does not take its place.
    public var isZoneChosen = false

    /// The cookie with the units that were chosen.
    static let unitsCookie = "tacho_units"
    /// The cookie with the zone that was chosen.
    static let zoneCookie = "tacho_zone"
    /// The cookie with the zone of the browser, as the script finds it.
    static let deviceZoneCookie = "tacho_device_zone"
    /// How long a choice is kept, in seconds.
    static let keptSeconds = 31_536_000

    /// What is shown to those of whom nothing is known.
    public init() {}

    /// What the cookies of a request say; what they say amiss is as if it were not said.
    init(of request: Request) {
        let cookies = Cookies(of: request)
        units = cookies[Self.unitsCookie].flatMap { Units(rawValue: $0) } ?? .metric
        if let chosen = cookies[Self.zoneCookie].flatMap({ ClockZone($0) }) {
            zone = chosen
            isZoneChosen = true
        } else {
            zone = cookies[Self.deviceZoneCookie].flatMap { ClockZone($0) } ?? .utc
        }
    }

    /// A `Set-Cookie` that keeps a choice, or forgets it where it is nil.
    static func setCookie(_ name: String, _ value: String?) -> String {
        "\(name)=\(value ?? ""); Path=/; Max-Age=\(value == nil ? 0 : keptSeconds); SameSite=Lax"
    }
}

/// The cookies of a request, by name; of two with one name the first.
struct Cookies {
    private var values: [Substring: Substring] = [:]

    init(of request: Request) {
        for field in request.headers[values: .cookie] {
            for pair in field.split(separator: ";") {
                let pair = pair.drop { $0 == " " }
                guard let equals = pair.firstIndex(of: "=") else { continue }
                let name = pair[..<equals]
                if values[name] == nil { values[name] = pair[pair.index(after: equals)...] }
            }
        }
    }

    subscript(name: String) -> String? { values[name[...]].map(String.init) }
}
