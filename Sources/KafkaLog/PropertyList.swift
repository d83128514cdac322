extension KafkaLog.Property {
    /// A line of a list of properties that is none.
    public struct NotAProperty: Error, Equatable {
        /// Which line, from 1.
        public let number: Int
    }

    /// Reads a list, `name=value` a line.
    ///
    /// Empty lines and those that begin with `#` say nothing; spaces around names and values are
    /// not theirs. No error repeats a line, which may hold a secret.
    public static func list(
        _ text: String
    ) throws(NotAProperty) -> [KafkaLog.Property] {
        var properties: [KafkaLog.Property] = []
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        for (index, line) in lines.enumerated() {
            let line = trimmed(line)
            if line.isEmpty || line.hasPrefix("#") { continue }
            guard let property = KafkaLog.Property(line), !trimmed(property.name[...]).isEmpty
            else { throw NotAProperty(number: index + 1) }
            properties.append(.init(trimmed(property.name[...]), trimmed(property.value[...])))
        }
        return properties
    }

    private static func trimmed(_ text: Substring) -> String {
        String(
            text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
