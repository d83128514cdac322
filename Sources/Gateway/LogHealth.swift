internal import EventLog
internal import Logging
internal import Synchronization

/// Says once that the log went away, and once that it is back: callers hear no inner details, and
/// a full disk must not be filled with lines of log.
final class LogHealth: Sendable {
    private let isAway = Atomic(false)

    /// Notes how an append ended.
    func note(_ error: LogError?, _ logger: Logger) {
        let isAwayNow =
            switch error {
            case nil, .recordTooLarge, .queueFull: false
            default: true
            }
        guard isAway.load(ordering: .relaxed) != isAwayNow,
            isAway.exchange(isAwayNow, ordering: .relaxed) != isAwayNow
        else { return }
        if let error, isAwayNow {
            logger.error("The log takes no uploads.", metadata: ["error": "\(error)"])
        } else {
            logger.notice("The log takes uploads again.")
        }
    }
}
