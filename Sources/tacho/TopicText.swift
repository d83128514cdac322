import EventLog
import TopicPlans
import Topics

extension TopicReport.Planned {
    /// What differs as - and + lines, how long records stay, and what apply would do.
    func print() {
        let versions = versions.map { String($0.number) }.joined(separator: ", ")
        Terminal.say("--- \(place)\(cluster)")
        Terminal.say("+++ the topics' files, version \(versions)")
        printSteps()
        Terminal.say("records stay:")
        for retention in plan.retention { Terminal.say("  \(retention.topic): \(retention)") }
        if !plan.notApplicable.isEmpty {
            let names = plan.notApplicable.joined(separator: ", ")
            Terminal.say("not applicable to this log: \(names)")
        }
        if !passedOver.isEmpty {
            Terminal.say("no topics, passed over: \(passedOver.joined(separator: ", "))")
        }
        Terminal.say(summary)
    }

    /// What is left once the plan was carried out.
    func printOutcome() {
        Terminal.say("looked again:")
        printSteps()
        Terminal.say(summary)
    }

    /// Why apply does nothing; nil where it does.
    var refusal: Refused? {
        let refused = plan.steps.filter { $0.refusal != nil }.count
        guard refused > 0 else { return nil }
        return Refused("steps refused: \(refused); nothing is changed while there is one")
    }

    private var cluster: String {
        guard let id = log.clusterID, let brokers = log.brokers else { return "" }
        return " (cluster id \(id), \(brokers) broker\(brokers == 1 ? "" : "s"))"
    }

    private func printSteps() {
        var topic: String?
        for step in plan.steps {
            if topic != step.topic.rawValue {
                topic = step.topic.rawValue
                Terminal.say("topic \(step.topic)" + (step.source.map { "  # \($0)" } ?? ""))
            }
            for line in step.lines { Terminal.say(line) }
            if let remark = step.remark { Terminal.say("    \(remark)") }
        }
    }

    private var summary: String {
        let steps = plan.steps
        guard !plan.isAsDescribed else { return "every topic is as described" }
        let made = plan.made.count
        let changed = steps.filter(\.isChange).count - made
        let refused = steps.filter { $0.refusal != nil }.count
        let left = steps.filter { $0.isDrift && $0.verdict == .left }.count
        return "topics to make: \(made); settings to change: \(changed); refused: \(refused); "
            + "left to you: \(left)"
    }
}

extension TopicStep {
    /// As it is, and as it is to be.
    var lines: [String] {
        switch difference {
        case .missing(let topic):
            ["+   partitions: \(topic.partitions)"]
                + (topic.replicas.map { ["+   replicas: \($0)"] } ?? [])
                + topic.settings.sorted { $0.key < $1.key }.map { "+   \($0): \($1)" }
        case .partitions(let has, let wanted):
            ["-   partitions: \(has)", "+   partitions: \(wanted)"]
        case .replicas(let has, let wanted): ["-   replicas: \(has)", "+   replicas: \(wanted)"]
        case .setting(let name, let has, let wanted):
            (has.map { ["-   \(name): \($0)"] } ?? []) + ["+   \(name): \(wanted)"]
        case .unnamedSetting(let name, let has): ["-   \(name): \(has ?? "(secret)")"]
        case .undescribed: []
        }
    }

    /// What it costs, or why it is refused or left; nil where nothing is to be said.
    var remark: String? {
        switch verdict {
        case .change: nil
        case .changeAllowed(let danger): "allowed: \(danger.consequence)"
        case .refused(let refusal): "refused: \(reason(of: refusal))"
        case .left: "left: \(advice)"
        }
    }

    /// What `--allow` would have to name for it to be done; nil where nothing helps.
    var toAllow: TopicSetting? {
        guard case .setting(let name, _, _) = difference, case .danger = refusal else { return nil }
        return TopicSetting(topic, name)
    }

    private func reason(of refusal: TopicRefusal) -> String {
        switch refusal {
        case .keysWouldMove:
            "a key's records would go to another partition than before; \(partitionsAsTheyAre)"
        case .neverFewerPartitions: "partitions never become fewer; \(partitionsAsTheyAre)"
        case .partitionsOfSource(let source, let partitions):
            "\(source) has \(partitions) partitions, and a version's topics have as many"
        case .tooFewBrokers(let brokers):
            """
            each takes a broker, and the cluster has \(brokers); say --replicas \(brokers), or wait \
            for the others
            """
        case .tooFewReplicas(let replicas):
            """
            with \(replicas) replicas nothing could be appended; say --replicas \(replicas), or \
            fewer min.insync.replicas in the file
            """
        case .danger(let danger):
            "\(danger.consequence); do it with --allow \(toAllow.map { "\($0)" } ?? "")"
        }
    }

    private var partitionsAsTheyAre: String {
        guard case .partitions(let has, _) = difference else { return "" }
        return "say --partitions \(has), or so in the file"
    }

    private var advice: String {
        switch difference {
        case .replicas: "replicas are moved with kafka-reassign-partitions.sh, not here"
        case .unnamedSetting: "no file names it; name it there, or delete it from the topic"
        case .undescribed: "no file describes it"
        case .missing, .partitions, .setting: "not for this command"
        }
    }
}
