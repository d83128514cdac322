import EmbeddedLog
import EventLog
import Foundation
import KafkaLog
import ServiceLifecycle
import Topics

/// The log of a process, whichever engine keeps it.
struct OpenLog {
    let log: any EventLog
    /// The engine's name in metrics.
    let engine: String
    /// What runs beside the roles for this engine.
    let services: [any Service]
    private let kafka: KafkaLog?

    /// Opens the cluster's log where one is named, else the directory's own.
    ///
    /// - Parameter waiting: told, once a try, why a cluster does not answer.
    init(
        _ installation: Installation, kafka options: KafkaLog.Options?,
        waiting: (String) -> Void = { _ in }
    ) async throws {
        guard let options else {
            try installation.mustBeOwn()
            let log = try installation.openLog(onCommit: LogMeter.record)
            self.init(
                log: log, engine: "embedded",
                services: [Retention(log: log), Compaction(log: log)], kafka: nil)
            return
        }
        let log = try Self.kafka(options)
        do {
            let cluster = try await Self.patiently(waiting) { () async throws(LogError) in
                try await log.clusterID()
            }
            try installation.belong(to: cluster, prefix: options.prefix)
        } catch {
            await log.close()
            throw error
        }
        self.init(log: log, engine: "kafka", services: [], kafka: log)
    }

    private init(log: any EventLog, engine: String, services: [any Service], kafka: KafkaLog?) {
        self.log = log
        self.engine = engine
        self.services = services
        self.kafka = kafka
    }

    /// A cluster's log, which connects in the background.
    static func kafka(_ options: KafkaLog.Options) throws -> KafkaLog {
        do {
            return try KafkaLog(options: options)
        } catch LogError.unusable(let reason) {
            throw Refused(reason)
        }
    }

    /// Makes the unversioned topics that are not there yet.
    ///
    /// - Parameter partitions: of `trip-uploads`, where it is made.
    /// - Returns: the partitions that it has.
    func makeSources(partitions: Int) async throws(LogError) -> Int {
        do throws(LogError) {
            let known = try await log.offsets(of: Topics.tripUploads.name).count
            try await log.create(Topics.sources(partitions: known))
            return known
        } catch {
            guard case .unknownPartition = error else { throw error }
            try await log.create(Topics.sources(partitions: partitions))
            return partitions
        }
    }

    /// Refuses a cluster that cannot keep what is promised of a scorer's commits.
    func verifyDelivery(waiting: (String) -> Void) async throws {
        guard let kafka else { return }
        try await Self.patiently(waiting) { () async throws(LogError) in
            try await kafka.verifyDelivery()
        }
    }

    /// Makes the first append as fast as those after it.
    func warmUp() async throws(LogError) {
        try await kafka?.warmUp([Topics.tripUploads.name, Topics.devicePoints.name])
    }

    /// The body's answer, once the log is there to give it.
    static func patiently<T: Sendable>(
        _ waiting: (String) -> Void, _ body: () async throws(LogError) -> T
    ) async throws -> T {
        while true {
            do throws(LogError) {
                return try await body()
            } catch {
                guard case .unavailable(let reason) = error else { throw error }
                waiting(reason)
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }
}
