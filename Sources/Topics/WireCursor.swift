/// A place in bytes of Protocol Buffers, moved from field to field.
struct WireCursor {
    private(set) var at: UnsafePointer<UInt8>
    let end: UnsafePointer<UInt8>

    var isAtEnd: Bool { at == end }

    /// - Parameter bytes: not empty, and outliving the cursor.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress else { return nil }
        at = start
        end = start + bytes.count
    }

    private init(_ at: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
        self.at = at
        self.end = end
    }

    /// Passes a tag of one byte if it comes next.
    @inline(__always)
    mutating func passes(_ tag: UInt8) -> Bool {
        guard at < end, at.pointee == tag else { return false }
        at += 1
        return true
    }

    /// Passes a varint of up to nine bytes.
    @inline(__always)
    mutating func varint() -> UInt64? {
        guard at < end else { return nil }
        let first = UInt64(at.pointee)
        guard first >= 0x80 else {
            at += 1
            return first
        }
        guard at + 1 < end else { return nil }
        let second = UInt64(at[1])
        guard second >= 0x80 else {
            at += 2
            return first & 0x7f | second << 7
        }
        return long(first & 0x7f | (second & 0x7f) << 7)
    }

    /// The rest of a varint whose first two bytes are known.
    @inline(__always)
    private mutating func long(_ start: UInt64) -> UInt64? {
        var value = start
        var shift: UInt64 = 14
        var next = at + 2
        while next < end, shift < 63 {
            let byte = UInt64(next.pointee)
            next += 1
            value |= (byte & 0x7f) &<< shift
            if byte < 0x80 {
                at = next
                return value
            }
            shift &+= 7
        }
        return nil
    }

    /// Passes a value of this wire type; false where there is none that this build knows.
    mutating func skip(wireType: UInt64) -> Bool {
        switch wireType {
        case 0: return varint() != nil
        case 1: return skip(bytes: 8)
        case 2: return inside() != nil
        case 5: return skip(bytes: 4)
        default: return false
        }
    }

    private mutating func skip(bytes count: Int) -> Bool {
        guard end - at >= count else { return false }
        at += count
        return true
    }

    /// Passes a length and as many bytes.
    mutating func inside() -> WireCursor? {
        guard let length = varint(), length <= UInt64(end - at) else { return nil }
        let start = at
        at += Int(length)
        return WireCursor(start, at)
    }

    /// The bytes from here to the end.
    var rest: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: at, count: end - at) }
}
