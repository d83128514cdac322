public import EventLog

/// One way in which a topic is not as the files say, and what is to become of it.
public struct TopicStep: Equatable, Sendable {
    /// The topic.
    public var topic: TopicName
    /// The file that describes it; nil where none does.
    public var source: String?
    /// What differs.
    public var difference: TopicDifference
    /// What is to become of it.
    public var verdict: TopicVerdict

    /// Whether the topic is not as a file says.
    public var isDrift: Bool { difference != .undescribed }

    /// Whether applying the plan removes it.
    public var isChange: Bool {
        switch verdict {
        case .change, .changeAllowed: true
        case .refused, .left: false
        }
    }

    /// Why the plan cannot be applied; nil where this step does not stand in the way.
    public var refusal: TopicRefusal? {
        if case .refused(let refusal) = verdict { refusal } else { nil }
    }
}
