public import EventLog

/// What there is to do until a log's topics are as the files say.
public struct TopicPlan: Equatable, Sendable {
    /// Every difference, by topic.
    public var steps: [TopicStep]
    /// How long records stay on each topic described, once the plan is applied.
    public var retention: [TopicRetention]
    /// Settings in the files that mean nothing on this log, in order.
    public var notApplicable: [String]

    /// Compares what is wanted with what there is.
    ///
    /// - Parameters:
    ///   - patterns: names of topics that are described, though not all of them may be wanted now.
    ///   - source: the topic of which a version's topics have the partitions.
    ///   - allowed: settings that may change in spite of the danger.
    public init(
        _ wanted: [DesiredTopic], on log: ActualLog, described patterns: [TopicPattern] = [],
        source: TopicName, allowed: Set<TopicSetting> = []
    ) {
        let there = Dictionary(uniqueKeysWithValues: log.topics.map { ($0.name, $0) })
        let partitions =
            there[source]?.partitions ?? wanted.first { $0.name == source }?.partitions
        let topics = log.isCluster ? wanted : wanted.map(\.asEmbedded)
        steps = topics.flatMap { topic in
            Self.differences(of: topic, there[topic.name]).map { difference in
                TopicStep(
                    topic: topic.name, source: topic.source, difference: difference,
                    verdict: Self.verdict(
                        on: difference, of: topic, there[topic.name], log,
                        source: partitions.map { (source, $0) }, allowed))
            }
        }
        let names = Set(wanted.map(\.name))
        steps += log.topics.filter { topic in
            !names.contains(topic.name) && !patterns.contains { $0.matches(topic.name) }
        }.map {
            TopicStep(topic: $0.name, source: nil, difference: .undescribed, verdict: .left)
        }
        steps.sort { $0.topic < $1.topic }
        retention = topics.map { TopicRetention(of: $0, there[$0.name], isCluster: log.isCluster) }
            .sorted { $0.topic < $1.topic }
        notApplicable = Self.notApplicable(wanted, on: log)
    }

    /// Whether every topic is as a file says.
    public var isAsDescribed: Bool { !steps.contains(where: \.isDrift) }

    /// Whether something stands in the way of applying it.
    public var isRefused: Bool { steps.contains { $0.refusal != nil } }

    /// Topics to be made.
    public var made: [DesiredTopic] {
        steps.filter(\.isChange).compactMap { step in
            if case .missing(let topic) = step.difference { topic } else { nil }
        }
    }

    /// Settings to be changed, by topic.
    public var changed: [(topic: TopicName, settings: [String: String])] {
        var changes: [TopicName: [String: String]] = [:]
        for step in steps where step.isChange {
            guard case .setting(let name, _, let wanted) = step.difference else { continue }
            changes[step.topic, default: [:]][name] = wanted
        }
        return changes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func differences(
        of topic: DesiredTopic, _ there: ActualTopic?
    ) -> [TopicDifference] {
        guard let there else { return [.missing(topic)] }
        var differences: [TopicDifference] = []
        if there.partitions != topic.partitions {
            differences.append(.partitions(has: there.partitions, wanted: topic.partitions))
        }
        if let wanted = topic.replicas, there.replicas != wanted {
            differences.append(.replicas(has: there.replicas, wanted: wanted))
        }
        for (name, wanted) in topic.settings.sorted(by: { $0.key < $1.key }) {
            let has = there.settings[name]?.value
            if let has, TopicSetting.isSame(name, has, wanted) { continue }
            differences.append(.setting(name, has: has, wanted: wanted))
        }
        for (name, setting) in there.settings.sorted(by: { $0.key < $1.key })
        where setting.isOwn && topic.settings[name] == nil {
            differences.append(.unnamedSetting(name, has: setting.value))
        }
        return differences
    }

    private static func verdict(
        on difference: TopicDifference, of topic: DesiredTopic, _ there: ActualTopic?,
        _ log: ActualLog, source: (TopicName, Int)?, _ allowed: Set<TopicSetting>
    ) -> TopicVerdict {
        switch difference {
        case .missing:
            return refusal(toMake: topic, log, source: source).map { .refused($0) } ?? .change
        case .partitions(let has, let wanted):
            return .refused(wanted > has ? .keysWouldMove : .neverFewerPartitions)
        case .replicas, .unnamedSetting, .undescribed: return .left
        case .setting(let name, let has, let wanted):
            if name == TopicSetting.replicasInSync, let there, let inSync = Int(wanted),
                inSync > there.replicas
            {
                return .refused(.tooFewReplicas(there.replicas))
            }
            guard let danger = SettingDanger(of: name, from: has, to: wanted) else {
                return .change
            }
            return allowed.contains(TopicSetting(topic.name, name))
                ? .changeAllowed(danger) : .refused(.danger(danger))
        }
    }

    private static func refusal(
        toMake topic: DesiredTopic, _ log: ActualLog, source: (TopicName, Int)?
    ) -> TopicRefusal? {
        if topic.isPerVersion, let source, source.1 != topic.partitions {
            return .partitionsOfSource(source.0, source.1)
        }
        if let brokers = log.brokers, let replicas = topic.replicas, replicas > brokers {
            return .tooFewBrokers(brokers)
        }
        if let replicas = topic.replicas, let inSync = topic.replicasInSync, inSync > replicas {
            return .tooFewReplicas(replicas)
        }
        return nil
    }

    private static func notApplicable(_ wanted: [DesiredTopic], on log: ActualLog) -> [String] {
        guard let known = log.knownSettings else { return [] }
        let unknown = Set(wanted.flatMap(\.settings.keys)).subtracting(known)
        let replicas = wanted.contains { $0.replicas != nil } ? ["replicas"] : []
        return replicas + unknown.sorted()
    }
}
