import EventLog

/// Headers as one blob: name and value in turn, each with its length before it as a varint.
enum HeaderCodec {
    /// No blob for no headers.
    static func encode(_ headers: [Header]) -> [UInt8]? {
        guard !headers.isEmpty else { return nil }
        var bytes: [UInt8] = []
        for header in headers {
            append(header.name.utf8, to: &bytes)
            append(header.value, to: &bytes)
        }
        return bytes
    }

    /// The headers that ``encode(_:)`` made the blob of; what follows a damaged length is left
    /// out.
    static func decode(_ bytes: UnsafeRawBufferPointer) -> [Header] {
        var headers: [Header] = []
        var rest = bytes[...]
        while let name = next(&rest), let value = next(&rest) {
            headers.append(Header(String(decoding: name, as: UTF8.self), Array(value)))
        }
        return headers
    }

    private static func append(_ field: some Collection<UInt8>, to bytes: inout [UInt8]) {
        var length = field.count
        while length >= 0x80 {
            bytes.append(UInt8(length & 0x7f) | 0x80)
            length >>= 7
        }
        bytes.append(UInt8(length))
        bytes.append(contentsOf: field)
    }

    private static func next(_ rest: inout Slice<UnsafeRawBufferPointer>)
        -> Slice<UnsafeRawBufferPointer>?
    {
        var length = 0
        var shift = 0
        while let byte = rest.popFirst(), shift < 35 {
            length |= Int(byte & 0x7f) << shift
            shift += 7
            if byte < 0x80 {
                guard length <= rest.count else { return nil }
                defer { rest = rest.dropFirst(length) }
                return rest.prefix(length)
            }
        }
        return nil
    }
}

extension NewRecord {
    /// Bytes of key, value and headers.
    var bytes: Int {
        headers.reduce(key.count + (value?.count ?? 0)) {
            $0 + $1.name.utf8.count + $1.value.count
        }
    }
}
