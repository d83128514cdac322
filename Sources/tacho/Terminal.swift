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
}
