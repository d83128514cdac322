public import EventLog
internal import Logging
internal import NIOPosix
public import Projection
internal import Synchronization
internal import Topics
internal import Trips

/// Reads a version's topics and keeps its projection up to date.
public final class Projector: Sendable {
    /// The projection that it writes.
    public let projection: Projection
    let settings: ProjectorSettings
    /// Answers that are made of it, kept ready.
    let answers: AnswerMemory
    let visibility = Visibility()
    /// The same of the changes of profiles.
    let profileVisibility = Visibility()
    let health = ProjectorHealth()
    /// Whoever is in keeps the projection as it is.
    let gate = TurnGate()
    private let turn: ProjectorTurn
    private let feed = Mutex<LiveFeed?>(nil)
    /// For partitions of uploads, the offset before which some row or track has shown uploads.
    private let shown = Mutex<[Int: Int64]>([:])
    let log: any EventLog
    private let observer: ProjectorObserver
    private let now: @Sendable () -> Int64
    private let logger: Logger

    /// A projector that does nothing until ``run()``.
    ///
    /// - Parameter now: the time in epoch milliseconds; asked once a transaction.
    public init(
        log: any EventLog, projection: Projection, settings: ProjectorSettings = .init(),
        observer: ProjectorObserver = .init(), now: @escaping @Sendable () -> Int64
    ) {
        self.log = log
        self.projection = projection
        self.settings = settings
        answers = AnswerMemory(of: projection, limit: settings.answerBytes)
        self.observer = observer
        self.now = now
        if projection.opening != .found { health.rebuilds() }
        var logger = Logger(label: "tacho.reader")
        logger[metadataKey: "version"] = "\(projection.version.number)"
        self.logger = logger
        turn = ProjectorTurn(
            projection: projection, settings: settings, observer: observer, logger: logger,
            started: now())
    }

    /// Records left to read of those that were there at the beginning; nil where it cannot serve.
    var lag: Int64? { health.waitsFor(stuckAfter: settings.stuckAfter) == nil ? health.lag : nil }

    /// For partitions of uploads, the offset before which somebody may have seen uploads.
    var seen: [Int: Int64] {
        visibility.all.merging(shown.withLock { $0 }) { max($0, $1) }
    }

    /// Those who listen are told of changes from now on.
    func tells(_ feed: LiveFeed) { self.feed.withLock { $0 = feed } }

    /// What somebody has to be told who has seen another version up to these offsets: trips that
    /// have changed since, and these trips in any case. For whoever is in the gate.
    func news(
        since seen: [Int: Int64], of trips: Set<TripID>, _ settings: ReaderSettings
    ) async throws -> [LiveFeed.Change] {
        let time = now()
        var rows = try turn.sweep(now: time, isForced: true)
        rows += try projection.heard(
            since: time - settings.resumeOverlapMilliseconds, limit: settings.resumeLimit
        ).filter { $0.lastUpload >= seen[$0.partition] ?? 0 }.map { LiveFeed.Change($0) }
        for trip in trips {
            if let row = try projection.row(of: trip) { rows.append(LiveFeed.Change(row)) }
        }
        var told: Set<TripID> = []
        return rows.reversed().filter { told.insert($0.trip).inserted }.reversed()
    }

    /// Follows the log until the task is cancelled. To be run once at a time.
    ///
    /// What may pass (a log that is away, a full disk) is waited out; reads are served meanwhile.
    /// A damaged projection is made anew. Where it stands is mirrored on the log for lag tools,
    /// as far as the log lets it.
    ///
    /// - Throws: an error of the log that waiting does not mend.
    public func run() async throws {
        if case .remade(let reason) = projection.opening {
            logger.warning(
                "The projection is rebuilt from the log.", metadata: ["why": "\(reason)"])
        }
        // What blocks has a thread of its own.
        let thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
        defer {
            health.stopped()
        }
        let mirror = PositionMirror(
            log: log, projection: projection, settings: settings, logger: logger)
        do {
            async let _ = mirror.run()
            try await follow(on: thread)
        } catch is CancellationError {
        } catch {
            try await thread.shutdownGracefully()
            throw error
        }
        // Nothing moves any more: this is where it stands.
        await mirror.noteLast()
        try await thread.shutdownGracefully()
    }

    private func follow(on thread: NIOThreadPool) async throws {
        var course = ReadingCourse()
        var unwritten: [Record]?
        var wait = Duration.milliseconds(50)
        var lastLook = ContinuousClock.now
        while true {
            try Task.checkCancellation()
            do {
                if projection.isDamaged { throw ProjectionDamaged() }
                if course.isEmpty { course = try await begin() }
                let records: [Record]
                if let unwritten {
                    records = unwritten
                } else {
                    records = try await log.read(
                        from: course.next, limit: settings.batch, wait: settings.readWait)
                }
                unwritten = records
                try await take(records, on: thread, &course)
                unwritten = nil
                try await look(for: &course, &lastLook)
                wait = .milliseconds(50)
            } catch {
                try await recover(from: error, on: thread, &course, &unwritten)
                try await Task.sleep(for: wait)
                wait = min(wait * 2, settings.longestRetry)
            }
        }
    }

    /// Looks now and then whether partitions from which nothing comes are at their ends: others may
    /// keep reads busy for good.
    private func look(
        for course: inout ReadingCourse, _ last: inout ContinuousClock.Instant
    ) async throws {
        guard .now - last > settings.endLookInterval else { return }
        let unreached = course.unreached
        if !unreached.isEmpty {
            let more = try await log.read(
                from: unreached, limit: ReadLimit(records: 1), wait: settings.readWait)
            if more.isEmpty { course.reachedEnd(of: unreached.keys) }
        }
        last = .now
    }

    /// Writes what the records say, and tells of it, with nobody else in the gate.
    private func take(
        _ records: [Record], on thread: NIOThreadPool, _ course: inout ReadingCourse
    ) async throws {
        await gate.enter()
        defer { gate.leave() }
        let time = now()
        let changes = try await thread.runIfActive { [turn] in try turn.take(records, now: time) }
        course.passed(records)
        if records.isEmpty { course.reachedEnd(of: course.unreached.keys) }
        publish(changes, course, isAtEnd: records.isEmpty)
    }

    /// What is read for a version's projection.
    private static func topics(of version: Version) -> [TopicName] {
        [Topics.tripUploads.name, Topics.users.name, Topics.tripScores(version).name]
    }

    /// Where each partition is to be read from, once the topics are there.
    private func begin() async throws -> ReadingCourse {
        let version = projection.version
        let known = projection.positions
        var course = ReadingCourse()
        for topic in Self.topics(of: version) {
            let there = try await log.offsets(of: topic)
            guard !there.isEmpty else { throw LogError.unavailable(reason: "no topic \(topic)") }
            if topic == Topics.tripUploads.name { visibility.know(partitions: there.count) }
            for (source, range) in there {
                if let next = known[source], next > range.upperBound {
                    throw LogError.offsetOutOfRange(
                        Position(source, offset: next), available: range)
                }
                course.add(source, next: known[source] ?? range.lowerBound, end: range.upperBound)
            }
        }
        showPositions(course)
        health.turned(lag: course.lag, readyAt: settings.readyLagRecords, isAtEnd: false)
        return course
    }

    /// Lets go of those who wait for what the projection shows by now.
    private func showPositions(_ course: ReadingCourse) {
        visibility.rise(to: Self.visible(projection, course))
        let users = projection.positions.filter { $0.key.topic == Topics.users.name }
        profileVisibility.rise(
            to: Dictionary(uniqueKeysWithValues: users.map { ($0.key.partition, $0.value) }))
    }

    /// Uploads are visible that are scored and read.
    ///
    /// Of a partition that was compacted, a progress record may have outlived scores before it whose
    /// successors lie behind it: it is believed once all is read that was there at the beginning.
    static func visible(
        _ projection: Projection, _ course: ReadingCourse
    ) -> [Int: Int64] {
        let positions = projection.positions
        let scores = Topics.tripScores(projection.version).name
        var visible: [Int: Int64] = [:]
        for (partition, next) in projection.progress
        where course.hasReached(TopicPartition(scores, partition)) {
            let read = positions[TopicPartition(Topics.tripUploads.name, partition)] ?? 0
            visible[partition] = min(next, read)
        }
        return visible
    }

    private func publish(
        _ changes: [LiveFeed.Change], _ course: ReadingCourse, isAtEnd: Bool
    ) {
        showPositions(course)
        shown.withLock { shown in
            for change in changes {
                shown[change.partition] = max(shown[change.partition] ?? 0, change.lastUpload + 1)
            }
        }
        if let feed = feed.withLock({ $0 }) {
            feed.tell(changes, of: projection.version)
            feed.beat(every: settings.heartbeat)
        }
        health.turned(
            lag: course.lag, readyAt: settings.readyLagRecords, isAtEnd: isAtEnd)
    }

    /// Makes good what can be made good before the next turn.
    private func recover(
        from error: any Error, on thread: NIOThreadPool, _ course: inout ReadingCourse,
        _ unwritten: inout [Record]?
    ) async throws {
        switch ProjectorFailure(error) {
        case .stop: throw error
        case .waitItOut(let reason):
            health.failed(reason)
            observer.retrying(reason)
            logger.warning("The projector waits.", metadata: ["why": "\(reason)"])
        case .skip(let source, let to):
            logger.error(
                "Retention removed records before they were read; what they said is missing here.",
                metadata: [
                    "partition": "\(source)", "from": "\(course.next[source] ?? 0)", "to": "\(to)",
                ])
            course.add(source, next: to, end: to)
        case .remake(let reason):
            logger.warning(
                "The projection is rebuilt from the log.", metadata: ["why": "\(reason)"])
            health.rebuilds()
            visibility.fall()
            profileVisibility.fall()
            course = ReadingCourse()
            unwritten = nil
            do {
                try await thread.runIfActive { [projection] in try projection.remake() }
            } catch let error where !(error is CancellationError) {
                health.failed("\(error)")
            }
        }
    }
}
