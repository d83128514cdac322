import EventLog
import TopicPlans

/// The topic of that name.
func name(_ text: String) -> TopicName { TopicName(text)! }

/// The topic whose partitions a version's topics have.
let source = name("trip-uploads")

/// A topic as a file wants it.
func wanted(
    named topic: String = "drives", partitions: Int = 4, replicas: Int? = nil,
    _ settings: [String: String] = [:], isPerVersion: Bool = false
) -> DesiredTopic {
    DesiredTopic(
        name: name(topic), partitions: partitions, replicas: replicas, settings: settings,
        isPerVersion: isPerVersion, source: "topics/\(topic).yaml")
}

/// A topic as a cluster has it, its settings made on itself.
func there(
    named topic: String = "drives", partitions: Int = 4, replicas: Int = 3,
    _ settings: [String: String] = [:], inherited: [String: String] = [:]
) -> ActualTopic {
    var all = inherited.mapValues { ActualTopic.Setting($0, isOwn: false) }
    for (name, value) in settings { all[name] = ActualTopic.Setting(value, isOwn: true) }
    return ActualTopic(
        name: name(topic), partitions: partitions, replicas: replicas, settings: all)
}

/// A cluster of three brokers, unless said otherwise.
func cluster(_ topics: [ActualTopic], brokers: Int = 3) -> ActualLog {
    ActualLog(clusterID: "north", brokers: brokers, topics: topics)
}

/// The plan for one topic.
func plan(
    _ topic: DesiredTopic, _ there: ActualTopic?, brokers: Int = 3, allowing allowed: String...
) -> TopicPlan {
    TopicPlan(
        [topic], on: cluster(there.map { [$0] } ?? [], brokers: brokers), source: source,
        allowed: Set(allowed.map { TopicSetting($0)! }))
}

/// The verdicts of a plan, in its order.
func verdicts(_ plan: TopicPlan) -> [TopicVerdict] { plan.steps.map(\.verdict) }
