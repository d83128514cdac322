/// Which partition a key belongs to: murmur2, as Kafka's Java clients do it.
public enum Partitioner {
    /// `(murmur2(key) & 0x7fffffff) mod count`.
    ///
    /// - Parameter count: partitions of the topic, 1 or more.
    public static func partition(of key: some Collection<UInt8>, count: Int) -> Int {
        Int(murmur2(Array(key)) & 0x7fff_ffff) % count
    }

    /// Austin Appleby's MurmurHash2, 32 bits, with Kafka's seed.
    static func murmur2(_ data: [UInt8]) -> UInt32 {
        let m: UInt32 = 0x5bd1_e995
        var h: UInt32 = 0x9747_b28c ^ UInt32(truncatingIfNeeded: data.count)
        var i = 0
        while i + 4 <= data.count {
            var k =
                UInt32(data[i]) | UInt32(data[i + 1]) << 8 | UInt32(data[i + 2]) << 16
                | UInt32(data[i + 3]) << 24
            k = k &* m
            k ^= k >> 24
            k = k &* m
            h = (h &* m) ^ k
            i += 4
        }
        let rest = data.count - i
        if rest >= 3 { h ^= UInt32(data[i + 2]) << 16 }
        if rest >= 2 { h ^= UInt32(data[i + 1]) << 8 }
        if rest >= 1 { h = (h ^ UInt32(data[i])) &* m }
        h ^= h >> 13
        h = h &* m
        return h ^ (h >> 15)
    }
}
