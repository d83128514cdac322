import EventLog
import Testing
import TopicPlans
import Topics

private let versions = [Version(2)!, Version(11)!]

@Test func `a topic a version is expanded for each, any other once`() {
    let pois = TopicDefinition(name: TopicPattern("pois.vN")!, partitions: 4, source: "a")
    #expect(pois.topics(of: versions).map(\.name.rawValue) == ["pois.v2", "pois.v11"])
    #expect(pois.topics(of: []).isEmpty)
    let users = TopicDefinition(name: TopicPattern("users")!, partitions: 4, source: "a")
    #expect(users.topics(of: versions).map(\.name.rawValue) == ["users"])
}

@Test(
    arguments: [
        ("pois.v2", 2), ("pois.v999999", 999_999), ("pois.v02", nil), ("pois.v0", nil),
        ("pois.vN", nil), ("pois.v", nil), ("pois", nil), ("my.pois.v2", nil), ("pois.v2.v3", nil),
    ] as [(String, Int?)])
func `a version's topic is known by its name`(topic: String, number: Int?) {
    let pattern = TopicPattern("pois.vN")!
    #expect(pattern.version(of: name(topic))?.number == number)
    #expect(pattern.matches(name(topic)) == (number != nil))
}

@Test func `a name that is no topic's, or too long for a version's, is none`() {
    for text in ["", "a b", "é", String(repeating: "a", count: 250), "."] {
        #expect(TopicPattern(text) == nil, "\(text)")
    }
    let long = String(repeating: "a", count: 241)
    #expect(TopicPattern("\(long).vN")?.name(for: Version(999_999)!).rawValue.count == 249)
    #expect(TopicPattern("a\(long).vN") == nil)
}

@Test func `overrides leave a topic of one partition alone, and keep it writable`() {
    let overrides = TopicOverrides(partitions: 8, replicas: 1)
    let settings = ["min.insync.replicas": "2", "retention.ms": "-1"]
    func topic(partitions: Int) -> DesiredTopic {
        TopicDefinition(
            name: TopicPattern("users")!, partitions: partitions, replicas: 3, settings: settings,
            source: "a"
        ).topics(of: [], overrides)[0]
    }
    #expect(topic(partitions: 64).partitions == 8)
    #expect(topic(partitions: 1).partitions == 1)
    #expect(topic(partitions: 64).replicas == 1)
    #expect(
        topic(partitions: 64).settings == ["min.insync.replicas": "1", "retention.ms": "-1"])
}

@Test func `a setting of a topic is written as it is read`() {
    #expect(TopicSetting("trip-uploads/retention.ms")?.description == "trip-uploads/retention.ms")
    for text in ["", "retention.ms", "/retention.ms", "a/", "a/b/c", "a b/c"] {
        #expect(TopicSetting(text) == nil, "\(text)")
    }
}
