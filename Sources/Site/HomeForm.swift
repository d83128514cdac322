internal import HTTPTypes
internal import Trips
internal import Web

extension UserChange.Home {
    /// The circle; nil where it was cleared.
    var circle: HomeCircle? {
        switch self {
        case .circle(let circle): circle
        case .cleared: nil
        }
    }
}

/// The circle around home, as a form of the profile has it.
enum HomeForm {
    /// What a form asks for: the circle, or none.
    ///
    /// - Throws: a problem that says what is allowed.
    static func home(_ fields: FormBody) throws(Problem) -> UserChange.Home {
        if fields["clear"] != nil { return .cleared }
        let latitude = try degrees(fields["latitude"], "latitude", upTo: 90)
        let longitude = try degrees(fields["longitude"], "longitude", upTo: 180)
        let allowed = HomeCircle.radiusMeters
        guard let radius = fields["radius"].flatMap({ Int($0) }), allowed.contains(radius) else {
            throw Problem(
                .unprocessableContent, "Bad circle",
                detail: "radius is a whole number of metres, \(allowed.lowerBound) to "
                    + "\(allowed.upperBound).")
        }
        return .circle(
            HomeCircle(latitudeE7: latitude, longitudeE7: longitude, radiusMeters: radius))
    }

    /// Degrees in 1e-7, of a text such as `47.64` or `-122.1303`.
    static func degrees(
        _ text: String?, _ name: String, upTo limit: Double
    ) throws(Problem) -> Int32 {
        let trimmed = (text ?? "").replacing(" ", with: "").replacing(",", with: ".")
        guard let value = Double(trimmed), value.isFinite, abs(value) <= limit else {
            throw Problem(
                .unprocessableContent, "Bad circle",
                detail: "\(name) is a number of degrees, −\(Int(limit)) to \(Int(limit)).")
        }
        return Int32((value * 1e7).rounded())
    }

    /// Degrees as the form shows them: `47.64`.
    static func text(_ degreesE7: Int32) -> String { "\(Double(degreesE7) / 1e7)" }
}
