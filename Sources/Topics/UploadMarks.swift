/// What is told of an upload by a look at its fields alone, without reading its points.
public struct UploadMarks: OptionSet, Sendable {
    /// It reports a point of interest.
    public static let report = UploadMarks(rawValue: 1)
    /// It says facts of the trip.
    public static let facts = UploadMarks(rawValue: 2)

    /// The marks as bits.
    public let rawValue: UInt8

    /// Marks of these bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The marks of an upload's bytes; of damaged ones those before the damage.
    public init(of bytes: [UInt8]) {
        self = bytes.withUnsafeBufferPointer { bytes in
            var marks: UploadMarks = []
            guard var cursor = WireCursor(bytes) else { return marks }
            while let tag = cursor.varint(), cursor.skip(wireType: tag & 7) {
                switch tag >> 3 {
                case 11: marks.insert(.report)
                case 12: marks.insert(.facts)
                default: break
                }
            }
            return marks
        }
    }
}
