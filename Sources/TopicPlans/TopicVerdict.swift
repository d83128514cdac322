/// What is to become of a difference.
public enum TopicVerdict: Equatable, Sendable {
    /// It is removed.
    case change
    /// It is removed, because somebody said so in spite of the danger.
    case changeAllowed(SettingDanger)
    /// Nothing at all is done while it is there.
    case refused(TopicRefusal)
    /// It stays, for somebody else to decide.
    case left
}
