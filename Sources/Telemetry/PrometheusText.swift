/// What Prometheus calls the kinds of metrics.
enum MetricKind: String {
    case counter, gauge, histogram
}

/// Prometheus' text format, version 0.0.4, written line by line.
struct PrometheusText {
    private(set) var bytes: [UInt8] = []

    /// The line that says of what kind a metric is.
    mutating func type(of name: String, _ kind: MetricKind) {
        bytes.append(contentsOf: "# TYPE \(name) \(kind.rawValue)\n".utf8)
    }

    /// One value of a whole number.
    mutating func sample(_ name: String, _ labels: String, _ value: Int64) {
        line(name, labels, "\(value)")
    }

    /// One value.
    mutating func sample(_ name: String, _ labels: String, _ value: Double) {
        line(name, labels, Self.number(value))
    }

    private mutating func line(_ name: String, _ labels: String, _ value: String) {
        bytes.append(contentsOf: name.utf8)
        if !labels.isEmpty { bytes.append(contentsOf: "{\(labels)}".utf8) }
        bytes.append(contentsOf: " \(value)\n".utf8)
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return "\(value)"
    }

    /// A name with `_` for what Prometheus does not allow.
    static func name(_ text: String) -> String {
        var name = String(text.unicodeScalars.map { isAllowed($0) ? Character($0) : "_" })
        if let first = name.unicodeScalars.first, ("0"..."9").contains(first) { name = "_" + name }
        return name.isEmpty ? "_" : name
    }

    /// Labels by name, as they stand between braces.
    static func labels(_ dimensions: [(String, String)]) -> String {
        dimensions.sorted { $0.0 < $1.0 }.map { name, value in
            let name = Self.name(name).replacing(":", with: "_")
            return "\(name)=\"\(escaped(value))\""
        }.joined(separator: ",")
    }

    private static func escaped(_ value: String) -> String {
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", ":": true
        default: false
        }
    }
}
