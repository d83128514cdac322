internal import HTTPTypes
internal import Trips
internal import Web

extension Problem {
    /// A body or path that can be read, and says what cannot be.
    static func unprocessable(_ pointer: String?, _ detail: String) -> Problem {
        Problem(.unprocessableContent, "Not acceptable", detail: detail, pointer: pointer)
    }
}

extension UploadBody {
    /// Sets `userId`, `name` or `vin`; nil takes it back.
    ///
    /// - Throws: 422 where the text is not allowed.
    mutating func set(_ name: String, _ text: String?) throws(Problem) {
        switch name {
        case "userId":
            user = nil
            guard let text else { return }
            guard let user = UserID(text) else {
                throw .unprocessable("/userId", "userId must be \(UserID.allowed).")
            }
            self.user = user
        case "name": self.name = try Self.checked(name, text, limit: Upload.nameLimit)
        case "vin": vin = try Self.checked(name, text, limit: Upload.vinLimit)
        default: preconditionFailure("an upload has no \(name)")
        }
    }

    private static func checked(
        _ name: String, _ text: String?, limit: Int
    ) throws(Problem) -> String? {
        guard let text else { return nil }
        guard Text.isPrintable(text, upTo: limit) else {
            throw .unprocessable(
                "/\(name)",
                "\(name) must be at most \(limit) bytes of UTF-8 without control characters.")
        }
        return text
    }
}
