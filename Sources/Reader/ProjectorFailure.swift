internal import EventLog
internal import SQLite

/// A read found the projection damaged.
struct ProjectionDamaged: Error {}

/// What a projector does about an error.
enum ProjectorFailure: Equatable {
    /// Nothing that it could do mends it.
    case stop
    /// It may pass; the same again.
    case waitItOut(String)
    /// Records are gone for good: on from the first one kept.
    case skip(TopicPartition, to: Int64)
    /// The projection is of no use, and is made anew.
    case remake(String)

    init(_ error: any Error) {
        switch error {
        case LogError.unavailable(let reason): self = .waitItOut(reason)
        case LogError.queueFull: self = .waitItOut("the log's queue is full")
        case LogError.unknownPartition(let source): self = .waitItOut("there is no \(source)")
        case LogError.offsetOutOfRange(let position, let available):
            self =
                position.offset < available.lowerBound
                ? .skip(position.topicPartition, to: available.lowerBound)
                : .remake("the log ends before \(position): it is another log")
        case is ProjectionDamaged: self = .remake("the file is damaged")
        case let error as SQLiteError:
            self =
                error.isCorrupt
                ? .remake("the file is damaged: \(error.message)")
                : .waitItOut("the projection cannot be written: \(error)")
        default: self = .stop
        }
    }
}
