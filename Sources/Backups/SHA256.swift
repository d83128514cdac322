internal import Crypto

/// SHA-256 of bytes that come in pieces, as hexadecimal text.
public struct SHA256 {
    private var hash = Crypto.SHA256()

    /// The hash of nothing so far.
    public init() {}

    /// Takes the next bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        hash.update(bufferPointer: bytes)
    }

    /// The hash of all that came, as 64 hexadecimal digits.
    public consuming func finish() -> String {
        hash.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
