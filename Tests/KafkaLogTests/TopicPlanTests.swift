import EventLog
import KafkaBroker
import Testing
import TopicPlans

@testable import KafkaLog

private let drives = TopicName("drives")!
private let trips = TopicName("trips.v1")!

/// An installation of its own on the cluster, until the body is done.
private func withLog(_ body: (KafkaLog) async throws -> Void) async throws {
    var options = KafkaLog.Options(brokers: try Broker.shared().addresses)
    options.prefix = Broker.prefix()
    let log = try KafkaLog(options: options)
    do {
        try await body(log)
    } catch {
        await log.close()
        throw error
    }
    await log.close()
}

private func wanted(_ topic: TopicName, _ settings: [String: String]) -> DesiredTopic {
    DesiredTopic(
        name: topic, partitions: 2, replicas: 1, settings: settings, isPerVersion: topic == trips)
}

private let asInFiles = [
    wanted(drives, ["cleanup.policy": "delete", "retention.ms": "-1", "min.insync.replicas": "1"]),
    wanted(trips, ["cleanup.policy": "compact", "retention.ms": "-1"]),
]

/// The plan as the cluster is now.
private func plan(
    _ wanted: [DesiredTopic] = asInFiles, on log: KafkaLog, allowing allowed: String...
) async throws -> TopicPlan {
    TopicPlan(
        wanted, on: try await log.survey(), source: drives,
        allowed: Set(allowed.map { TopicSetting($0)! }))
}

private func carryOut(_ plan: TopicPlan, on log: KafkaLog) async throws {
    #expect(!plan.isRefused)
    if !plan.made.isEmpty { try await log.make(plan.made) }
    for (topic, settings) in plan.changed { try await log.change(settings, of: topic) }
}

@Test func `a plan carried out leaves the topics as described, and again does nothing`()
    async throws
{
    try await withLog { log in
        let first = try await plan(on: log)
        #expect(first.made == asInFiles)
        for _ in 0..<2 { try await carryOut(first, on: log) }
        let again = try await plan(on: log)
        #expect(again.steps.isEmpty)
        #expect(again.isAsDescribed)
    }
}

@Test func `what somebody changes by hand is seen, and put right where nothing is lost`()
    async throws
{
    try await withLog { log in
        try await carryOut(try await plan(on: log), on: log)
        try await log.change(["retention.ms": "86400000", "segment.ms": "3600000"], of: drives)
        let drift = try await plan(on: log)
        #expect(
            drift.steps.map(\.difference) == [
                .setting("retention.ms", has: "86400000", wanted: "-1"),
                .unnamedSetting("segment.ms", has: "3600000"),
            ])
        #expect(drift.steps.map(\.verdict) == [.change, .left])
        try await carryOut(drift, on: log)
        let after = try await plan(on: log)
        #expect(after.steps.map(\.difference) == [.unnamedSetting("segment.ms", has: "3600000")])
    }
}

@Test func `a change that may cost records waits for the word that allows it`() async throws {
    try await withLog { log in
        try await carryOut(try await plan(on: log), on: log)
        var files = asInFiles
        files[0].settings["retention.ms"] = "604800000"
        let refused = try await plan(files, on: log)
        #expect(refused.steps.map(\.refusal) == [.danger(.lessRetention)])
        #expect(refused.changed.isEmpty)
        let allowed = try await plan(files, on: log, allowing: "drives/retention.ms")
        try await carryOut(allowed, on: log)
        #expect(try await plan(files, on: log).steps.isEmpty)
        let settings = try #require(
            try await log.survey().topics.first { $0.name == drives }
        ).settings
        #expect(settings["retention.ms"]?.value == "604800000")
        #expect(settings["cleanup.policy"]?.value == "delete")
    }
}

@Test func `partitions are neither added nor taken, and brokers are counted before replicas`()
    async throws
{
    try await withLog { log in
        try await carryOut(try await plan(on: log), on: log)
        var files = asInFiles
        files[0].partitions = 4
        files[1].partitions = 1
        let other = try await plan(files, on: log)
        #expect(other.steps.map(\.refusal) == [.keysWouldMove, .neverFewerPartitions])

        let brokers = try #require(try await log.survey().brokers)
        var more = DesiredTopic(name: TopicName("more")!, partitions: 1, replicas: brokers + 1)
        #expect(
            try await plan([more], on: log).steps.first { $0.topic == more.name }?.refusal
                == .tooFewBrokers(brokers))
        more.replicas = brokers
        try await carryOut(try await plan([more], on: log), on: log)
        #expect(try await plan([more], on: log).isAsDescribed)
    }
}

@Test func `topics that the cluster's log makes for itself are as the files describe them`()
    async throws
{
    try await withLog { log in
        try await log.create([
            TopicSpecification(name: drives, partitions: 2),
            TopicSpecification(name: trips, partitions: 2, isCompacted: true),
        ])
        #expect(try await plan(on: log).steps.filter { $0.difference.isSettingButInSync }.isEmpty)
    }
}

extension TopicDifference {
    /// Whether it is a setting, other than how many replicas are in sync: that the log leaves to
    /// the cluster.
    fileprivate var isSettingButInSync: Bool {
        switch self {
        case .setting(let name, _, _): name != "min.insync.replicas"
        case .unnamedSetting: true
        case .missing, .partitions, .replicas, .undescribed: false
        }
    }
}

@Test func `the cluster that is meant is told from another`() async throws {
    try await withLog { log in
        let there = try await log.survey()
        let id = try #require(there.clusterID)
        try there.mustBe(cluster: id, source: "--cluster-id")
        #expect(throws: WrongCluster(has: id, wanted: "another", source: "--cluster-id")) {
            try there.mustBe(cluster: "another", source: "--cluster-id")
        }
    }
}
