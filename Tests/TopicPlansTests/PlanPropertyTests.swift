import EventLog
import SeededRandom
import Testing
import TopicPlans

private let values: [String: [String]] = [
    "cleanup.policy": ["delete", "compact", "compact,delete", "delete,compact"],
    "retention.ms": ["-1", "0", "1000", "604800000"],
    "min.insync.replicas": ["1", "2", "3"], "max.message.bytes": ["1000", "2000"],
    "segment.ms": ["1", "2"], "unheard.of": ["a", "b"],
]

private func settings(_ random: inout SplitMix) -> [String: String] {
    var settings: [String: String] = [:]
    for (name, values) in values.sorted(by: { $0.key < $1.key })
    where Bool.random(using: &random) {
        settings[name] = values.randomElement(using: &random)
    }
    return settings
}

private func anything(
    _ random: inout SplitMix
) -> (wanted: [DesiredTopic], log: ActualLog, allowed: Set<TopicSetting>) {
    let names = ["trip-uploads", "releases", "pois.v1", "pois.v2", "theirs"]
    var desired: [DesiredTopic] = []
    var actual: [ActualTopic] = []
    var allowed: Set<TopicSetting> = []
    for topic in names {
        if Int.random(in: 0..<4, using: &random) > 0 {
            desired.append(
                wanted(
                    named: topic, partitions: Int.random(in: 3...4, using: &random),
                    replicas: [nil, 1, 2, 3].randomElement(using: &random)!, settings(&random),
                    isPerVersion: topic.hasPrefix("pois")))
        }
        if Bool.random(using: &random) {
            actual.append(
                there(
                    named: topic, partitions: Int.random(in: 3...4, using: &random),
                    replicas: Int.random(in: 1...3, using: &random), settings(&random),
                    inherited: settings(&random)))
        }
        for setting in values.keys.sorted() where Bool.random(using: &random) {
            allowed.insert(TopicSetting(name(topic), setting))
        }
    }
    let brokers = Int.random(in: 1...3, using: &random)
    return (desired, cluster(actual, brokers: brokers), allowed)
}

/// A cluster that did what a plan says, the slow and obvious way.
private func applied(_ plan: TopicPlan, to log: ActualLog) -> ActualLog {
    var log = log
    for topic in plan.made {
        log.topics.append(
            there(
                named: topic.name.rawValue, partitions: topic.partitions,
                replicas: topic.replicas ?? 1,
                topic.settings))
    }
    for (topic, settings) in plan.changed {
        let index = log.topics.firstIndex { $0.name == topic }!
        for (name, value) in settings {
            log.topics[index].settings[name] = .init(value, isOwn: true)
        }
    }
    return log
}

@Test(arguments: 0..<200 as Range<UInt64>)
func `what a plan changes is gone from the next one, and nothing else is touched`(seed: UInt64) {
    var random = SplitMix(seed: seed)
    for round in 0..<20 {
        let (wanted, log, allowed) = anything(&random)
        let plan = TopicPlan(wanted, on: log, source: source, allowed: allowed)
        let after = applied(plan, to: log)
        let next = TopicPlan(wanted, on: after, source: source, allowed: allowed)
        let place: Comment = "seed \(seed), round \(round)"
        #expect(next.steps == plan.steps.filter { !$0.isChange }, place)
        #expect(applied(next, to: after) == after, place)
        for topic in log.topics {
            let now = after.topics.first { $0.name == topic.name }
            #expect(now?.partitions == topic.partitions, place)
            #expect(now?.replicas == topic.replicas, place)
            if !wanted.contains(where: { $0.name == topic.name }) { #expect(now == topic, place) }
        }
    }
}

@Test(arguments: 200..<400 as Range<UInt64>)
func `nothing that is applied lets go of records, or of replicas in sync, unless allowed`(
    seed: UInt64
) {
    var random = SplitMix(seed: seed)
    for round in 0..<20 {
        let (wanted, log, allowed) = anything(&random)
        let after = applied(
            TopicPlan(wanted, on: log, source: source, allowed: allowed), to: log)
        for topic in log.topics {
            let now = after.topics.first { $0.name == topic.name }!
            func number(_ setting: String, _ topic: ActualTopic) -> Int64? {
                topic.settings[setting].flatMap { Int64($0.value ?? "") }
            }
            let place: Comment = "seed \(seed), round \(round), topic \(topic.name)"
            if !allowed.contains(TopicSetting(topic.name, "retention.ms")),
                let new = number("retention.ms", now), new >= 0
            {
                let old = number("retention.ms", topic)
                #expect(old.map { $0 >= 0 && $0 <= new } == true, place)
            }
            if !allowed.contains(TopicSetting(topic.name, "min.insync.replicas")),
                let old = number("min.insync.replicas", topic)
            {
                #expect(number("min.insync.replicas", now)! >= old, place)
            }
            if let new = number("min.insync.replicas", now),
                new != number("min.insync.replicas", topic)
            {
                #expect(new <= topic.replicas, place)
            }
        }
    }
}
