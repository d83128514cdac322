/// How a consumer does, in Burrow's words.
public enum LagState: String, CaseIterable, Sendable {
    /// It keeps up, or gains.
    case ok = "OK"
    /// It moves, and its lag never became less.
    case warn = "WARN"
    /// Of a group: a partition of it is ``stop`` or ``stall``.
    case err = "ERR"
    /// Of a partition: it does not move, and no member has it.
    case stop = "STOP"
    /// Of a partition: it does not move, though a member has it.
    case stall = "STALL"

    /// A group's state: that of its worst partition; nil where a partition's is not known and
    /// none is known to be worse.
    public static func ofGroup(_ partitions: some Sequence<LagState?>) -> LagState? {
        var worst: LagState? = .ok
        for state in partitions {
            switch state {
            case .stop, .stall, .err: return .err
            case .warn: worst = .warn
            case nil: if worst == .ok { worst = nil }
            case .ok: break
            }
        }
        return worst
    }
}
