import Testing

@testable import EventLog

/// Values of Kafka's own `UtilsTest.testMurmur2`.
@Test(
    arguments: [
        ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
        ("a-little-bit-longer-string", -1_486_304_829),
        ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971), ("abc", 479_470_107),
    ] as [(String, Int32)])
func `murmur2 gives what Kafka's Java clients give`(key: String, hash: Int32) {
    #expect(Int32(bitPattern: Partitioner.murmur2(Array(key.utf8))) == hash)
}

@Test func `a partition lies within the count, whatever the hash's sign`() {
    for key in ["21", "foobar", "abc", ""] {
        for count in [1, 3, 64] {
            #expect((0..<count).contains(Partitioner.partition(of: Array(key.utf8), count: count)))
        }
    }
    // -973932308 & 0x7fffffff = 1173551340
    #expect(Partitioner.partition(of: Array("21".utf8), count: 64) == 1_173_551_340 % 64)
    #expect(Partitioner.partition(of: Array("21".utf8), count: 10) == 1_173_551_340 % 10)
}
