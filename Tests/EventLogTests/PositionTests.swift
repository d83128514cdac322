import EventLog
import Testing

@Test(arguments: ["trip-uploads/3@17", "a/0@0", "a.b_c-D/9999@9223372036854775807"])
func `a position is read as it is written`(text: String) {
    #expect(Position(text)?.description == text)
}

@Test(arguments: [
    "", "a", "a/1", "a@1", "a/@1", "a/1@", "/1@1", "a/-1@1", "a/1@-1", "a b/1@1", "a@1/1",
    "a/1@1@1",
    "a/1@9223372036854775808", "a/x@1", "../1@1/2",
])
func `what is no position is refused`(text: String) {
    #expect(Position(text) == nil)
}

@Test(arguments: ["", ".", "..", "a b", "ü", String(repeating: "a", count: 250)])
func `a name that Kafka refuses is no topic name`(name: String) {
    #expect(TopicName(name) == nil)
}

@Test func `a header that comes twice is read as its last`() {
    let record = Record(
        position: Position(TopicPartition(TopicName("a")!, 0), offset: 0),
        timestampMilliseconds: 0, key: [], value: nil,
        headers: [Header("h", "1"), Header("h", "2")])
    #expect(record.header("h") == Array("2".utf8))
    #expect(record.header("i") == nil)
}
