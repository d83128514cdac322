/// UUIDs in their usual form, in small letters, such as `6f9619ff-8b86-4d01-b42d-00cf4fc964ff`.
///
/// Foundation's `UUID()` opens `/dev/urandom` for each of them, which costs more than the rest of
/// a record's headers.
public enum UUIDText {
    /// One that nothing else has: of version 4.
    public static func random() -> String {
        var random = SystemRandomNumberGenerator()
        return text(
            high: random.next() & ~0xf000 | 0x4000, low: random.next() & ~(3 << 62) | 2 << 62)
    }

    /// These bits as text.
    public static func text(high: UInt64, low: UInt64) -> String {
        String(unsafeUninitializedCapacity: 36) { text in
            var at = 0
            for digit in 0..<32 {
                let half = digit < 16 ? high : low
                let value = UInt8(truncatingIfNeeded: half >> UInt64(60 - digit % 16 * 4) & 15)
                if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
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
    public static func bits(_ text: String) -> (high: UInt64, low: UInt64)? {
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
