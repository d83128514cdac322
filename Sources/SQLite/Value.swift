/// A value to bind to a statement.
public enum Value: Equatable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])

    /// An integer, or NULL.
    public init(_ value: Int64?) { self = value.map(Value.integer) ?? .null }

    /// A text, or NULL.
    public init(_ value: String?) { self = value.map(Value.text) ?? .null }

    /// Bytes, or NULL.
    public init(_ value: [UInt8]?) { self = value.map(Value.blob) ?? .null }
}

extension Value: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral {
    /// An integer.
    public init(integerLiteral value: Int64) { self = .integer(value) }

    /// A text.
    public init(stringLiteral value: String) { self = .text(value) }

    /// NULL.
    public init(nilLiteral: ()) { self = .null }
}
