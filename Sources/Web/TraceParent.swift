internal import HTTPTypes
public import Hummingbird

/// The `traceparent` field of W3C Trace Context, version 00: which trace a request belongs to.
public struct TraceParent: Equatable, Sendable, CustomStringConvertible {
    /// The field's value as it came.
    public let description: String

    /// A valid field, or nil for anything else, zeros included.
    public init?(_ field: String) {
        let bytes = Array(field.utf8)
        guard bytes.count == 55, bytes.starts(with: "00-".utf8), bytes[35] == 0x2d,
            bytes[52] == 0x2d
        else { return nil }
        func isHex(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
        }
        let trace = bytes[3..<35]
        let parent = bytes[36..<52]
        guard trace.allSatisfy(isHex), parent.allSatisfy(isHex), bytes[53...].allSatisfy(isHex),
            trace.contains(where: { $0 != 0x30 }), parent.contains(where: { $0 != 0x30 })
        else { return nil }
        description = field
    }

    /// The trace that a request names, if it names one.
    public init?(of request: Request) {
        guard let name = HTTPField.Name("traceparent"), let field = request.headers[name] else {
            return nil
        }
        self.init(field)
    }

    /// The trace's id, 32 hexadecimal digits.
    public var traceID: String { String(description.dropFirst(3).prefix(32)) }
}
