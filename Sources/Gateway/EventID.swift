/// Ids that no other event has: UUIDs of version 4.
///
/// Foundation's `UUID()` opens `/dev/urandom` for each of them, which costs more than the rest of
/// an event's headers.
public enum EventID {
    /// An id in its usual form, such as `6F9619FF-8B86-4D01-B42D-00CF4FC964FF`.
    public static func random() -> String {
        var random = SystemRandomNumberGenerator()
        let high = random.next() & ~0xf000 | 0x4000
        let low = random.next() & ~(3 << 62) | 2 << 62
        return String(unsafeUninitializedCapacity: 36) { text in
            var at = 0
            for digit in 0..<32 {
                let half = digit < 16 ? high : low
                let value = UInt8(truncatingIfNeeded: half >> UInt64(60 - digit % 16 * 4) & 15)
                if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
                    text[at] = UInt8(ascii: "-")
                    at += 1
                }
                text[at] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
                at += 1
            }
            return at
        }
    }
}
