/// A number for a document's content: the same for the same bytes, on every machine.
public enum ContentTag {
    /// FNV-1a, 64 bits, over words of eight bytes; of use between friends only.
    public static func of(_ bytes: [UInt8]) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ UInt64(bytes.count)
        bytes.withUnsafeBytes { raw in
            var index = 0
            while index + 8 <= raw.count {
                let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                hash = mix(hash ^ UInt64(littleEndian: word))
                index += 8
            }
            while index < raw.count {
                hash = mix(hash ^ UInt64(raw[index]))
                index += 1
            }
        }
        return hash
    }

    /// Both parts of the product take part, so that no bit of a word is lost to the top.
    private static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
        return product.high ^ product.low
    }
}
