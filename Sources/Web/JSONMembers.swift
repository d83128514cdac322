/// A member in one call: its key, and its value or `null`.
extension JSONText {
    /// A member that is text.
    public mutating func member(_ name: String, string value: String?) {
        key(name)
        if let value { string(value) } else { null() }
    }

    /// A member that is a whole number.
    public mutating func member(_ name: String, integer value: Int64?) {
        key(name)
        if let value { integer(value) } else { null() }
    }

    /// A member that is `value` / 10^`scale`; see ``decimal(_:scale:)``.
    public mutating func member(_ name: String, decimal value: Int64?, scale: Int) {
        key(name)
        if let value { decimal(value, scale: scale) } else { null() }
    }

    /// A member that is an instant, from milliseconds since 1970-01-01T00:00:00Z.
    public mutating func member(_ name: String, timeMilliseconds value: Int64?) {
        key(name)
        if let value { time(milliseconds: value) } else { null() }
    }

    /// A member that is true or false.
    public mutating func member(_ name: String, boolean value: Bool?) {
        key(name)
        if let value { boolean(value) } else { null() }
    }
}
