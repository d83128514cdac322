internal import Crypto
internal import Topics

/// Ids that follow from what they name, so that nobody has to remember them: UUIDs of version 8
/// whose bits are those of a SHA-256.
enum DerivedID {
    /// The id of something of a kind that is named by these texts.
    static func uuid(_ kind: String, _ names: String...) -> String {
        let bits = digest(kind, names)
        return UUIDText.text(
            high: bits.high & ~0xf000 | 0x8000, low: bits.low & ~(3 << 62) | 2 << 62)
    }

    /// The first 128 bits of the hash; each text goes in with its length, so that no two lists of
    /// them are alike.
    static func digest(_ kind: String, _ names: [String]) -> (high: UInt64, low: UInt64) {
        var hash = SHA256()
        for text in [kind] + names {
            withUnsafeBytes(of: UInt64(text.utf8.count).bigEndian) { hash.update(data: $0) }
            hash.update(data: Array(text.utf8))
        }
        return hash.finalize().withUnsafeBytes { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }
}
