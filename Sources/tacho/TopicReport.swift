import EventLog
import TopicPlans
import Topics

/// What the commands on topics tell, as `--json` prints it.
struct TopicReport: Encodable {
    struct Step: Encodable {
        var topic: String
        var source: String?
        /// `missing`, `partitions`, `replicas`, `setting`, `unnamedSetting` or `undescribed`.
        var difference: String
        var setting: String?
        var has: String?
        var wanted: String?
        var verdict: Verdict
        /// What it costs, or why it is refused or left.
        var why: String?
        /// What `--allow` would have to name.
        var allow: String?
    }
    enum Verdict: String, Encodable {
        case change, changeAllowed, refused, left
    }
    struct Retention: Encodable {
        var topic: String
        var policy: [String]
        var milliseconds: Int64?
        var bytes: Int64?
        var isEndless: Bool
    }
    struct State: Encodable {
        var isAsDescribed: Bool
        var isRefused: Bool
        var steps: [Step]
        var retention: [Retention]
        /// Settings in the files that mean nothing on this log.
        var notApplicable: [String]
    }
    /// A plan, with what it was made of.
    struct Planned {
        var place: String
        var log: ActualLog
        var versions: [Version]
        /// Objects in the files that are no topics.
        var passedOver: [String]
        var plan: TopicPlan
    }

    var log: String
    var clusterId: String?
    var brokers: Int?
    var versions: [Int]
    var plan: State
    /// What was left once the plan was carried out; nothing where it was not.
    var after: State?

    init(_ planned: Planned) {
        log = planned.place
        clusterId = planned.log.clusterID
        brokers = planned.log.brokers
        versions = planned.versions.map(\.number)
        plan = State(planned)
    }
}

extension TopicReport.State {
    init(_ planned: TopicReport.Planned) {
        let plan = planned.plan
        isAsDescribed = plan.isAsDescribed
        isRefused = plan.isRefused
        steps = plan.steps.map { TopicReport.Step($0) }
        retention = plan.retention.map {
            .init(
                topic: $0.topic.rawValue, policy: $0.policy.sorted(),
                milliseconds: $0.milliseconds, bytes: $0.bytes, isEndless: $0.isEndless)
        }
        notApplicable = plan.notApplicable
    }
}

extension TopicReport.Step {
    init(_ step: TopicStep) {
        topic = step.topic.rawValue
        source = step.source
        switch step.difference {
        case .missing: difference = "missing"
        case .partitions(let has, let wanted):
            difference = "partitions"
            (self.has, self.wanted) = (String(has), String(wanted))
        case .replicas(let has, let wanted):
            difference = "replicas"
            (self.has, self.wanted) = (String(has), String(wanted))
        case .setting(let name, let has, let wanted):
            difference = "setting"
            (setting, self.has, self.wanted) = (name, has, wanted)
        case .unnamedSetting(let name, let has):
            difference = "unnamedSetting"
            (setting, self.has) = (name, has)
        case .undescribed: difference = "undescribed"
        }
        switch step.verdict {
        case .change: verdict = .change
        case .changeAllowed: verdict = .changeAllowed
        case .refused: verdict = .refused
        case .left: verdict = .left
        }
        why = step.remark
        allow = step.toAllow?.description
    }
}
