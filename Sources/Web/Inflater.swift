internal import CZlib
internal import NIOCore

/// Inflates gzip piece by piece, members one after another as RFC 1952 allows.
///
/// Not copyable because it owns zlib's state, which must not move and must be freed once.
struct Inflater: ~Copyable {
    /// What came is not gzip, or is damaged.
    struct Damaged: Error {}

    private let stream: UnsafeMutablePointer<z_stream>
    private var isBetweenMembers = true

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let code = tacho_inflate_init_gzip(stream)
        precondition(code == Z_OK, "zlib refused to start: \(code)")
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Whether what came so far ends where gzip ends.
    var isComplete: Bool { isBetweenMembers && stream.pointee.total_in > 0 }

    /// Bytes made room for at a time.
    private static let step = 32 << 10

    /// Inflates from the front of `piece` onto the end of `output`, until the piece is used up and
    /// all that it holds is out, or `output` holds `full` bytes.
    mutating func inflate(
        _ piece: inout ByteBuffer, into output: inout ByteBuffer, full: Int
    ) throws(Damaged) {
        var isDamaged = false
        _ = piece.readWithUnsafeReadableBytes { bytes in
            // zlib only reads through this pointer, whatever its type says.
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
            stream.pointee.avail_in = UInt32(bytes.count)
            while !isDamaged, output.readableBytes < full {
                let code = step(into: &output, full: full)
                if code == Z_BUF_ERROR { break }
                if code == Z_STREAM_END {
                    isBetweenMembers = true
                    if stream.pointee.avail_in == 0 { break }
                    isDamaged = inflateReset(stream) != Z_OK
                } else {
                    isBetweenMembers = false
                    isDamaged = code != Z_OK
                }
            }
            return bytes.count - Int(stream.pointee.avail_in)
        }
        stream.pointee.next_in = nil
        stream.pointee.avail_in = 0
        if isDamaged { throw Damaged() }
    }

    /// One call of zlib; its code.
    private func step(into output: inout ByteBuffer, full: Int) -> Int32 {
        let room = min(Self.step, full - output.readableBytes)
        var code = Z_OK
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { bytes in
            stream.pointee.next_out = bytes.bindMemory(to: UInt8.self).baseAddress
            stream.pointee.avail_out = UInt32(room)
            code = CZlib.inflate(stream, Z_NO_FLUSH)
            return room - Int(stream.pointee.avail_out)
        }
        return code
    }
}
