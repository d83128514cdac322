/// The number of a release: it only rises, and is never used again.
public struct Version: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The number, 1 or more.
    public let number: Int

    /// A version, or nil below 1 or above 999,999.
    public init?(_ number: Int) {
        guard (1...999_999).contains(number) else { return nil }
        self.number = number
    }

    private init(known: Int) { number = known }

    /// The version that every installation begins with.
    public static let first = Version(known: 1)

    /// Reads what ``description`` writes; nil for anything else.
    public init?(text: some StringProtocol) {
        guard text.hasPrefix("v"), let number = Int(text.dropFirst()) else { return nil }
        self.init(number)
        guard description == text else { return nil }
    }

    /// `v` and the number, as in the names of topics and groups.
    public var description: String { "v\(number)" }

    /// By number.
    public static func < (a: Version, b: Version) -> Bool { a.number < b.number }

    /// The consumer group of this version's scorers.
    public var scorerGroup: String { "scorer.\(self)" }

    /// The group in which a reader of this version mirrors its positions.
    public func readerGroup(instance: String) -> String { "reader.\(self).\(instance)" }
}
