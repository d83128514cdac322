/// How far a look through a log has come.
public struct ScanProgress: Equatable, Sendable {
    /// What is looked through.
    public enum Stage: String, Sendable {
        /// The letters themselves.
        case letters
        /// The uploads behind them, for copies.
        case copies
    }

    /// What is looked through.
    public let stage: Stage
    /// Offsets passed.
    public let done: Int64
    /// Offsets to pass in this stage.
    public let total: Int64
}
