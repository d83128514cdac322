internal import EventLog
internal import HTTPTypes
internal import Web

extension Problem {
    /// What a caller hears of a log that did not take an upload: nothing of it was done.
    init(_ error: LogError, retryAfterSeconds: Int) {
        switch error {
        case .recordTooLarge(let bytes, let limit):
            self = Problem(
                .contentTooLarge, "Upload too large",
                detail: "The upload takes \(bytes) bytes on the log, which takes \(limit); send "
                    + "fewer points at a time.")
        case .queueFull:
            self = Problem(
                .serviceUnavailable, "Too many uploads at a time",
                detail: "Too many uploads wait to be written; send this one again.",
                retryAfterSeconds: retryAfterSeconds)
        case .unavailable, .groupTaken, .fenced, .offsetOutOfRange, .unknownPartition,
            .partitionsDiffer, .unusable:
            self = Problem(
                .serviceUnavailable, "Log unavailable",
                detail: "The log cannot be written for now; send this upload again.",
                retryAfterSeconds: retryAfterSeconds)
        }
    }
}
