public import EventLog

/// What a redrive is to do, and what is left out and why.
public struct RedrivePlan: Equatable, Sendable {
    /// Those whose last letter is copied back.
    public private(set) var redriven: [DeadLetterOrigin] = []
    /// Those left out, as a copy of them is under way or went through.
    public private(set) var done: [DeadLetterOrigin] = []
    /// Those left out, as there is no partition to copy them to, or nothing says which.
    public private(set) var homeless: [DeadLetterOrigin] = []

    /// Decides.
    ///
    /// - Parameters:
    ///   - again: whether also those are redriven of which there is a copy.
    ///   - homes: partitions of uploads, to which copies may go.
    public init(_ origins: [DeadLetterOrigin], again: Bool, homes: Set<TopicPartition>) {
        for origin in origins {
            if origin.last.origin.map({ homes.contains($0.topicPartition) }) != true {
                homeless.append(origin)
            } else if origin.state != .open && !again {
                done.append(origin)
            } else {
                redriven.append(origin)
            }
        }
    }
}
