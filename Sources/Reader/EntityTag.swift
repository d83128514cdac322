internal import HTTPTypes
public import Hummingbird

/// A strong entity tag: the same for the same bytes.
public struct EntityTag: Equatable, Sendable {
    /// The tag in its quotes.
    public let text: String

    /// Of content known by a number.
    public init(_ tag: UInt64) { text = "\"\(String(tag, radix: 16))\"" }

    /// Of content known by words of letters, digits and points.
    public init(words: String) { text = "\"\(words)\"" }

    /// Whether the request says that it has this content.
    public func isKnown(to request: Request) -> Bool {
        guard let known = request.headers[.ifNoneMatch] else { return false }
        if known == text { return true }
        return known.split(separator: ",").contains { candidate in
            var candidate = trimmed(candidate)
            if candidate == "*" { return true }
            if candidate.hasPrefix("W/") { candidate = candidate.dropFirst(2) }
            return candidate == text
        }
    }
}

/// Without spaces at its ends.
func trimmed(_ text: Substring) -> Substring {
    var text = text
    while text.first == " " || text.first == "\t" { text.removeFirst() }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return text
}
