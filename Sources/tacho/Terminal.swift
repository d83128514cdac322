import Foundation

/// What a command prints.
enum Terminal {
    /// A line on standard output, at once.
    static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    /// A line on standard error.
    static func error(_ line: String) {
        FileHandle.standardError.write(Data(("tacho: " + line + "\n").utf8))
    }

    /// A value as JSON on standard output, keys in order.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        say(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// Bytes in the unit that reads best, such as `12.3 MiB`.
    static func bytes(_ count: Int64) -> String {
        var value = Double(count)
        for unit in ["B", "KiB", "MiB"] {
            if value < 1024 {
                return unit == "B" ? "\(count) B" : String(format: "%.1f \(unit)", value)
            }
            value /= 1024
        }
        return String(format: "%.1f GiB", value)
    }

    /// Rows under their heads, each column as wide as it must be.
    ///
    /// - Parameter rows: all of the same length.
    static func table(_ rows: [[String]]) {
        guard let columns = rows.first?.indices else { return }
        let widths = columns.map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = zip(row, widths).dropLast().map { text, width in
                text + String(repeating: " ", count: width - text.count)
            }
            say((cells + row.suffix(1)).joined(separator: "  "))
        }
    }

    /// Text of others that does nothing to the terminal: control and format characters as their
    /// numbers, and no more than so many characters.
    static func printable(_ text: String, upTo limit: Int = 200) -> String {
        var printable = ""
        for scalar in text.unicodeScalars.prefix(limit) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse:
                printable += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: printable.unicodeScalars.append(scalar)
            }
        }
        return text.unicodeScalars.count > limit ? printable + "…" : printable
    }
}
