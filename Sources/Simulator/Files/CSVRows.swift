/// The rows of a CSV text (RFC 4180), with LF or CRLF, blank lines left out.
///
/// Fields are slices of the text; only a quoted field with quotes inside is copied.
struct CSVRows {
    /// What a row came to.
    enum Row: Equatable {
        /// Its fields are in ``CSVRows/fields``.
        case fields
        /// A quoted field of it has no end, or letters after its end.
        case broken
    }

    private let text: ArraySlice<UInt8>
    private var index: Int
    private var lines = 0
    /// The fields of the row that was read last.
    private(set) var fields: [ArraySlice<UInt8>] = []
    /// The line on which that row begins, from 1.
    private(set) var line = 0

    init(_ text: ArraySlice<UInt8>) {
        self.text = text
        index = text.startIndex
    }

    /// Reads the next row; nil at the end.
    mutating func next() -> Row? {
        while index < text.endIndex {
            lines += 1
            line = lines
            let start = index
            guard let isWhole = readRow() else {
                // As though the quote were a letter: the row is lost, the next line is not.
                lines = line
                index = start
                skipLine()
                return .broken
            }
            if !isWhole {
                skipLine()
                return .broken
            }
            if fields.count > 1 || !fields[0].isEmpty { return .fields }
        }
        return nil
    }

    /// Whether the row keeps the rules; nil where a quoted field never ends.
    private mutating func readRow() -> Bool? {
        fields.removeAll(keepingCapacity: true)
        while true {
            if index < text.endIndex, text[index] == UInt8(ascii: "\"") {
                guard readQuoted() else { return nil }
            } else {
                let start = index
                while index < text.endIndex, text[index] != UInt8(ascii: ","),
                    text[index] != UInt8(ascii: "\n")
                {
                    index += 1
                }
                var end = index
                let endsLine = index == text.endIndex || text[index] == UInt8(ascii: "\n")
                if endsLine, end > start, text[end - 1] == UInt8(ascii: "\r") { end -= 1 }
                fields.append(text[start..<end])
            }
            if index == text.endIndex { return true }
            if text[index] == UInt8(ascii: "\r"), index + 1 < text.endIndex,
                text[index + 1] == UInt8(ascii: "\n")
            {
                index += 1
            }
            let byte = text[index]
            if byte == UInt8(ascii: "\n") {
                index += 1
                return true
            }
            guard byte == UInt8(ascii: ",") else { return false }
            index += 1
        }
    }

    /// The longest field in quotes, in bytes: a quote that nobody closes costs no more than this.
    private static let longestQuoted = 65_536

    /// Reads a field in quotes, and stands behind it; false where it never ends.
    private mutating func readQuoted() -> Bool {
        index += 1
        var start = index
        let limit = min(text.endIndex, index + CSVRows.longestQuoted)
        var copied: [UInt8]?
        while index < limit {
            if text[index] == UInt8(ascii: "\n") { lines += 1 }
            guard text[index] == UInt8(ascii: "\"") else {
                index += 1
                continue
            }
            let part = text[start..<index]
            index += 1
            if index < text.endIndex, text[index] == UInt8(ascii: "\"") {
                copied = (copied ?? []) + part + [UInt8(ascii: "\"")]
                index += 1
                start = index
                continue
            }
            fields.append(copied.map { ($0 + part)[...] } ?? part)
            return true
        }
        return false
    }

    private mutating func skipLine() {
        while index < text.endIndex, text[index] != UInt8(ascii: "\n") { index += 1 }
        if index < text.endIndex { index += 1 }
    }
}
