/// The fields of a query or of a form, as HTML has them: `name=value&…`, a plus sign for a space.
struct FormFields: Equatable {
    private var values: [String: String] = [:]

    /// Reads the text; of two fields of one name the last counts. What is no good escape, or no
    /// UTF-8, is left out.
    init(_ text: some StringProtocol) {
        for field in text.split(separator: "&") {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0]),
                let value = Self.decoded(parts.count > 1 ? parts[1] : "")
            else { continue }
            values[name] = value
        }
    }

    /// The first of these fields that is there and says something.
    func text(_ names: String...) -> String? {
        names.lazy.compactMap { values[$0] }.first { !$0.isEmpty }
    }

    /// Takes over the fields of another that are not here.
    mutating func complete(from other: FormFields) {
        values.merge(other.values) { own, _ in own }
    }

    private static func decoded(_ part: some StringProtocol) -> String? {
        PercentEncoding.decoded(String(part.map { $0 == "+" ? " " : $0 }))
    }
}
