import EventLog
import Testing
import TopicPlans
import Topics

@Test func `a topic that is as described needs nothing`() {
    let settings = ["cleanup.policy": "delete", "retention.ms": "-1"]
    let plan = plan(wanted(replicas: 3, settings), there(settings))
    #expect(plan.steps.isEmpty)
    #expect(plan.isAsDescribed)
    #expect(!plan.isRefused)
}

@Test func `a topic that is not there is made as described`() {
    let topic = wanted(replicas: 3, ["retention.ms": "-1", "min.insync.replicas": "2"])
    let plan = plan(topic, nil)
    #expect(plan.made == [topic])
    #expect(plan.changed.isEmpty)
    #expect(!plan.isAsDescribed)
    #expect(!plan.isRefused)
}

@Test(arguments: [
    (wanted(replicas: 3), 1, TopicRefusal.tooFewBrokers(1)),
    (wanted(replicas: 1, ["min.insync.replicas": "2"]), 1, .tooFewReplicas(1)),
    (wanted(partitions: 8, isPerVersion: true), 3, .partitionsOfSource(source, 4)),
])
func `a topic that could not be used is not made`(
    topic: DesiredTopic, brokers: Int, refusal: TopicRefusal
) {
    let plan = TopicPlan(
        [topic, wanted(named: "trip-uploads")],
        on: cluster([there(named: "trip-uploads")], brokers: brokers),
        source: source)
    #expect(plan.steps.map(\.refusal) == [refusal])
    #expect(plan.isRefused)
    #expect(plan.made.isEmpty)
}

@Test(arguments: [(3, TopicRefusal.keysWouldMove), (5, .neverFewerPartitions)])
func `partitions never change, whatever is allowed`(has: Int, refusal: TopicRefusal) {
    let plan = plan(wanted(), there(partitions: has), allowing: "drives/partitions")
    #expect(plan.steps.map(\.difference) == [.partitions(has: has, wanted: 4)])
    #expect(plan.steps.map(\.refusal) == [refusal])
}

@Test func `other replicas are shown and left`() {
    let plan = plan(wanted(replicas: 3), there(replicas: 1))
    #expect(plan.steps.map(\.difference) == [.replicas(has: 1, wanted: 3)])
    #expect(verdicts(plan) == [.left])
    #expect(!plan.isAsDescribed)
    #expect(!plan.isRefused)
}

@Test func `more replicas in sync than there are replicas are refused, whatever is allowed`() {
    let plan = plan(
        wanted(["min.insync.replicas": "2"]), there(replicas: 1, ["min.insync.replicas": "1"]),
        allowing: "drives/min.insync.replicas")
    #expect(verdicts(plan) == [.refused(.tooFewReplicas(1))])
}

@Test(arguments: [
    ("retention.ms", "1000", "2000"), ("retention.ms", "1000", "-1"),
    ("retention.bytes", "1000", "-1"), ("delete.retention.ms", "1", "2"),
    ("min.insync.replicas", "1", "2"), ("max.message.bytes", "1", "2"),
    ("unclean.leader.election.enable", "true", "false"), ("segment.bytes", "2", "1"),
    ("compression.type", "producer", "zstd"),
])
func `a change that costs nothing is made`(setting: String, has: String, new: String) {
    let plan = plan(wanted([setting: new]), there([setting: has]))
    #expect(verdicts(plan) == [.change])
    #expect(plan.changed.map(\.settings) == [[setting: new]])
}

@Test(arguments: [
    ("retention.ms", "2000", "1000", SettingDanger.lessRetention),
    ("retention.ms", "-1", "9223372036854775806", .lessRetention),
    ("retention.bytes", "-1", "1000", .lessRetention),
    ("cleanup.policy", "delete", "compact", .otherCleanup),
    ("cleanup.policy", "compact", "compact,delete", .otherCleanup),
    ("delete.retention.ms", "2", "1", .lessRetentionOfDeletions),
    ("min.insync.replicas", "2", "1", .fewerReplicasInSync),
    ("max.message.bytes", "2", "1", .smallerRecords),
    ("unclean.leader.election.enable", "false", "true", .uncleanLeaders),
    ("message.timestamp.type", "CreateTime", "LogAppendTime", .otherTime),
    ("remote.storage.enable", "false", "true", .irrevocable),
    ("of.tomorrow", "a", "b", .unknownSetting),
])
func `a change that may cost data takes a word that names it`(
    setting: String, has: String, new: String, danger: SettingDanger
) {
    let topic = wanted([setting: new])
    let actual = there([setting: has])
    let refused = plan(topic, actual, allowing: "drives/else", "other/\(setting)")
    #expect(verdicts(refused) == [.refused(.danger(danger))])
    #expect(refused.isRefused)
    #expect(refused.changed.isEmpty)
    let allowed = plan(topic, actual, allowing: "drives/\(setting)")
    #expect(verdicts(allowed) == [.changeAllowed(danger)])
    #expect(!allowed.isRefused)
    #expect(allowed.changed.map(\.settings) == [[setting: new]])
    #expect(!danger.consequence.isEmpty)
}

@Test func `what a cluster does not tell of is taken for the worst`() {
    #expect(verdicts(plan(wanted(["retention.ms": "1000"]), there())).count == 1)
    #expect(plan(wanted(["retention.ms": "1000"]), there()).isRefused)
    #expect(!plan(wanted(["retention.ms": "-1"]), there()).isRefused)
    #expect(!plan(wanted(["min.insync.replicas": "2"]), there()).isRefused)
}

@Test(arguments: [
    ("cleanup.policy", "compact,delete", "delete, compact"), ("retention.ms", "-1", "-01"),
    ("min.cleanable.dirty.ratio", "0.5", "0.50"), ("preallocate", "True", "true"),
])
func `two ways to say the same are no difference`(setting: String, has: String, new: String) {
    #expect(plan(wanted([setting: new]), there([setting: has])).steps.isEmpty)
}

@Test func `a value that the cluster gives by default is as good as the topic's own`() {
    let same = plan(wanted(["retention.ms": "-1"]), there(inherited: ["retention.ms": "-1"]))
    #expect(same.steps.isEmpty)
    let other = plan(wanted(["retention.ms": "-1"]), there(inherited: ["retention.ms": "1000"]))
    #expect(
        other.steps.map(\.difference) == [.setting("retention.ms", has: "1000", wanted: "-1")])
}

@Test func `a setting that somebody made and no file names is shown and left`() {
    let plan = plan(wanted(), there(["retention.ms": "5"], inherited: ["segment.ms": "6"]))
    #expect(plan.steps.map(\.difference) == [.unnamedSetting("retention.ms", has: "5")])
    #expect(verdicts(plan) == [.left])
    #expect(!plan.isAsDescribed)
}

@Test func `a topic that no file describes is shown, is no drift and is left`() {
    let log = cluster([there(named: "drives"), there(named: "pois.v7"), there(named: "theirs")])
    let plan = TopicPlan(
        [wanted()], on: log, described: [TopicPattern("pois.vN")!], source: source)
    #expect(plan.steps.map(\.topic.rawValue) == ["theirs"])
    #expect(verdicts(plan) == [.left])
    #expect(plan.isAsDescribed)
}

@Test func `the embedded log is asked for what it knows, and the rest is named`() {
    let log = ActualLog(embedded: [TopicSpecification(name: name("drives"), partitions: 4)])
    let topic = wanted(
        replicas: 3,
        ["cleanup.policy": "delete", "retention.ms": "-1", "min.insync.replicas": "2"])
    let plan = TopicPlan([topic], on: log, source: source)
    #expect(plan.steps.isEmpty)
    #expect(plan.notApplicable == ["replicas", "min.insync.replicas"])
}

@Test(arguments: [
    ["cleanup.policy": "delete", "retention.ms": "-1"],
    ["cleanup.policy": "delete", "retention.ms": "1000"],
    ["cleanup.policy": "compact", "retention.ms": "1000"], ["cleanup.policy": "compact"],
    ["cleanup.policy": "compact,delete", "retention.ms": "-1"],
    ["cleanup.policy": "delete,compact", "retention.ms": "1000"], ["retention.ms": "7"], [:],
])
func `what the embedded log makes of a topic is as described`(settings: [String: String]) {
    let topic = wanted(settings)
    let made = ActualLog(embedded: [TopicSpecification(topic)])
    #expect(TopicPlan([topic], on: made, source: source).steps.isEmpty)
    // And where it was otherwise, the change makes it so.
    let others = [
        TopicSpecification(name: name("drives"), partitions: 4),
        TopicSpecification(
            name: name("drives"), partitions: 4, isCompacted: true, retentionMilliseconds: 9),
    ]
    for other in others {
        let allowed = ["cleanup.policy", "retention.ms"].map { TopicSetting(topic.name, $0) }
        let plan = TopicPlan(
            [topic], on: ActualLog(embedded: [other]), source: source, allowed: Set(allowed))
        var changed = other
        for change in plan.changed { changed.set(change.settings) }
        let after = TopicPlan([topic], on: ActualLog(embedded: [changed]), source: source)
        #expect(after.steps.filter(\.isChange).isEmpty, "\(other) \(settings) \(after.steps)")
    }
}

@Test func `a plan says how long records stay once it is applied`() {
    let topics: [(DesiredTopic, String)] = [
        (
            wanted(named: "a", ["cleanup.policy": "delete", "retention.ms": "-1"]),
            "every record, for ever"
        ),
        (wanted(named: "b", ["cleanup.policy": "compact"]), "the last record of a key, for ever"),
        (
            wanted(named: "c", ["cleanup.policy": "delete", "retention.ms": "604800000"]),
            "every record, 7 d; what is gone cannot be replayed"
        ),
        (
            wanted(
                named: "d",
                [
                    "cleanup.policy": "compact,delete", "retention.ms": "5400000",
                    "retention.bytes": "1000",
                ]),
            "the last record of a key, 5400 s or 1000 bytes a partition; what is gone cannot be"
                + " replayed"
        ),
        (
            wanted(named: "e"),
            "as long as the cluster says: name retention.ms and cleanup.policy"
        ),
    ]
    let plan = TopicPlan(topics.map(\.0), on: cluster([]), source: source)
    #expect(plan.retention.map(\.description) == topics.map(\.1))
}

@Test func `another cluster, or none, is refused by both names`() {
    let log = cluster([])
    #expect(throws: Never.self) { try log.mustBe(cluster: "north", source: "--cluster-id") }
    #expect(throws: WrongCluster(has: "north", wanted: "south", source: "a.yaml")) {
        try log.mustBe(cluster: "south", source: "a.yaml")
    }
    #expect(throws: WrongCluster(has: nil, wanted: "north", source: "a.yaml")) {
        try ActualLog(embedded: []).mustBe(cluster: "north", source: "a.yaml")
    }
}
