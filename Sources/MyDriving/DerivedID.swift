internal import Crypto

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

/// The usual form of a UUID, in small letters, as .NET writes it.
enum UUIDText {
    static func text(high: UInt64, low: UInt64) -> String {
        String(unsafeUninitializedCapacity: 36) { text in
            var at = 0
            for digit in 0..<32 {
                let half = digit < 16 ? high : low
                let value = UInt8(truncatingIfNeeded: half >> UInt64(60 - digit % 16 * 4) & 15)
                if [8, 12, 16, 20].contains(digit) {
                    text[at] = UInt8(ascii: "-")
                    at += 1
                }
                text[at] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
                at += 1
            }
            return at
        }
    }

    /// The bits of a UUID in any letters; nil for anything else.
    static func bits(_ text: String) -> (high: UInt64, low: UInt64)? {
        let bytes = Array(text.utf8)
        guard bytes.count == 36 else { return nil }
        var halves: [UInt64] = [0, 0]
        var digits = 0
        for (index, byte) in bytes.enumerated() {
            if [8, 13, 18, 23].contains(index) {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard byte < 0x80, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                return nil
            }
            halves[digits / 16] = halves[digits / 16] << 4 | UInt64(digit)
            digits += 1
        }
        return (halves[0], halves[1])
    }
}
