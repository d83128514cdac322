import EventLog

/// What a member of a group holds and has fetched.
struct ConsumerState {
    /// The partitions held, each with the next offset to hand out.
    private(set) var held: [TopicPartition: Int64] = [:]
    private(set) var everHeld: Set<TopicPartition> = []
    private(set) var paused: Set<TopicPartition> = []
    /// Told of in the last poll: whoever polls may still pause them before anything is fetched.
    private var justTold: Set<TopicPartition> = []
    /// What happened and was not yet told.
    private var events: [Poll] = []
    private var troubles: [LogError] = []
    /// After it nothing more comes.
    private(set) var end: LogError?
    private var stash: [Record] = []
    private var first = 0
    private var aside: [TopicPartition: [Record]] = [:]
    /// Bytes fetched and not handed out.
    private(set) var bytes = 0
    var isCommitting = false
    var waiter: (continuation: CheckedContinuation<Void, Never>, deadline: ContinuousClock.Instant)?
    var commands: [@Sendable () -> Void] = []
    var isStopping = false

    /// Whether a poll has something to tell.
    var hasNews: Bool {
        end != nil || !troubles.isEmpty || !events.isEmpty || first < stash.count
    }

    /// What a poll brings now; nil where it is to wait.
    mutating func next(_ limit: ReadLimit) throws(LogError) -> Poll? {
        if let end { throw end }
        if !troubles.isEmpty { throw troubles.removeFirst() }
        if !events.isEmpty {
            let event = events.removeFirst()
            if case .assigned(let offsets) = event { justTold.formUnion(offsets.keys) }
            return event
        }
        guard first < stash.count else { return nil }
        return .records(take(limit))
    }

    private mutating func take(_ limit: ReadLimit) -> [Record] {
        var taken = 0
        let start = first
        while first < stash.count, first - start < limit.records, taken < limit.bytes {
            let record = stash[first]
            taken += record.bytes
            held[record.position.topicPartition] = record.position.offset + 1
            first += 1
        }
        bytes -= taken
        let records = Array(stash[start..<first])
        if first == stash.count || first > 8_192 {
            stash.removeFirst(first)
            first = 0
        }
        return records
    }

    /// The partitions whose fetching begins now: the poll after the one that told of them.
    mutating func begin() -> [TopicPartition] {
        defer { justTold.removeAll() }
        return justTold.filter { held[$0] != nil && !paused.contains($0) }
    }

    /// Takes a fetched record in.
    mutating func add(_ record: Record) {
        let source = record.position.topicPartition
        guard let next = held[source], record.position.offset >= next else { return }
        bytes += record.bytes
        if paused.contains(source) {
            aside[source, default: []].append(record)
        } else {
            stash.append(record)
        }
    }

    mutating func assign(_ offsets: [TopicPartition: Int64]) {
        held.merge(offsets) { $1 }
        everHeld.formUnion(offsets.keys)
        events.append(.assigned(offsets))
    }

    mutating func revoke(_ partitions: [TopicPartition]) {
        drop(Set(partitions))
        for partition in partitions {
            held[partition] = nil
            paused.remove(partition)
        }
        events.append(.revoked(partitions))
    }

    /// Forgets what was fetched of these partitions and goes on from there.
    mutating func move(to offsets: [TopicPartition: Int64]) {
        drop(Set(offsets.keys))
        for (partition, offset) in offsets where held[partition] != nil {
            held[partition] = offset
        }
    }

    mutating func pause(_ partitions: [TopicPartition]) {
        let wanted = Set(partitions).intersection(held.keys)
        paused.formUnion(wanted)
        for record in stash[first...] where wanted.contains(record.position.topicPartition) {
            aside[record.position.topicPartition, default: []].append(record)
        }
        removeFromStash(wanted)
    }

    mutating func resume(_ partitions: [TopicPartition]) {
        for partition in partitions where paused.remove(partition) != nil {
            stash += aside.removeValue(forKey: partition) ?? []
        }
    }

    /// Nothing more comes: every later call throws this.
    mutating func finish(_ error: LogError) { if end == nil { end = error } }

    /// The next poll throws this, once.
    mutating func trouble(_ error: LogError) { troubles.append(error) }

    private mutating func drop(_ partitions: Set<TopicPartition>) {
        for record in stash[first...] where partitions.contains(record.position.topicPartition) {
            bytes -= record.bytes
        }
        removeFromStash(partitions)
        for partition in partitions {
            for record in aside.removeValue(forKey: partition) ?? [] { bytes -= record.bytes }
        }
    }

    private mutating func removeFromStash(_ partitions: Set<TopicPartition>) {
        stash = stash[first...].filter { !partitions.contains($0.position.topicPartition) }
        first = 0
    }
}
