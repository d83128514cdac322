import ArgumentParser
import EventLog
import ReleasePlans
import Releases
import TopicFiles
import TopicPlans
import Topics

/// Which files describe the topics.
struct TopicFolderOptions: ParsableArguments {
    @Option(
        name: .customLong("topics"),
        help: "Folder of the topics' YAML files (TACHO_TOPICS; ./topics).")
    var path: String?

    /// The folder, with all that is in it.
    ///
    /// - Throws: ``Refused`` with everything that is wrong there.
    func folder() throws -> TopicFolder {
        do {
            return try TopicFolder(path ?? Environment.text("TOPICS") ?? "topics")
        } catch {
            throw Refused("the topics' files are not right (--topics):\n\(error)")
        }
    }
}

/// What is compared with what, and what the files do not say of an installation.
struct TopicPlanOptions: ParsableArguments {
    @OptionGroup var log: LogOptions
    @OptionGroup var files: TopicFolderOptions
    @OptionGroup var shape: TopicOptions

    @Option(
        help: """
            Version whose topics are meant; those on the log, the live one among them, where none \
            is named.
            """)
    var version: Int?

    @Option(
        name: .customLong("cluster-id"),
        help: """
            Id of the only cluster that is meant (TACHO_CLUSTER_ID; that of the files' annotation \
            tacho/cluster-id, where there is one).
            """)
    var clusterID: String?

    @Option(
        name: .customLong("allow"),
        help: """
            A setting that may change in spite of the danger, TOPIC/SETTING as the plan names it; \
            may be repeated.
            """)
    var allowed: [String] = []

    @Flag(help: "Print one JSON object.")
    var json = false

    /// Reads the files and opens the log for the body.
    func withComparison<Result>(
        _ body: (TopicComparison) async throws -> Result
    ) async throws -> Result {
        let folder = try files.folder()
        let version = try version.map(Version.init(option:))
        let overrides = TopicOverrides(
            partitions: try shape.override(), replicas: try log.kafka.replicas())
        let settings = try allowed.map { text in
            guard let setting = TopicSetting(text) else {
                throw ValidationError(
                    "--allow is \"\(text)\", allowed is TOPIC/SETTING, as the plan names it")
            }
            return setting
        }
        return try await log.withLog { opened in
            guard let store = opened.log as? any TopicStore else {
                preconditionFailure("every engine keeps topics")
            }
            return try await body(
                TopicComparison(
                    folder: folder, opened: opened, store: store, version: version,
                    overrides: overrides, allowed: Set(settings),
                    clusterID: clusterID ?? Environment.text("CLUSTER_ID")))
        }
    }
}

extension Version {
    /// The version that `--version` names.
    init(option number: Int) throws {
        guard let version = Version(number) else {
            throw ValidationError("--version is \(number), allowed are 1 to 999999")
        }
        self = version
    }
}

/// The files on one side, the log on the other.
struct TopicComparison {
    let folder: TopicFolder
    let opened: OpenedLog
    let store: any TopicStore
    let version: Version?
    let overrides: TopicOverrides
    let allowed: Set<TopicSetting>
    let clusterID: String?

    /// Looks at the log, and says what there is to do.
    ///
    /// - Throws: ``Refused`` where it is not the cluster that is meant.
    func plan() async throws -> TopicReport.Planned {
        let log = try await store.survey()
        try refuseOthers(log)
        let patterns = folder.definitions.map(\.name)
        let versions = try await versions(of: log, patterns)
        return TopicReport.Planned(
            place: opened.place, log: log, versions: versions,
            passedOver: folder.files.flatMap(\.passedOver),
            plan: TopicPlan(
                folder.definitions.flatMap { $0.topics(of: versions, overrides) }, on: log,
                described: patterns, source: Topics.tripUploads.name, allowed: allowed))
    }

    private func refuseOthers(_ log: ActualLog) throws {
        do {
            if let clusterID { try log.mustBe(cluster: clusterID, source: "--cluster-id") }
            for definition in folder.definitions {
                guard let id = definition.clusterID else { continue }
                try log.mustBe(cluster: id, source: definition.source)
            }
        } catch {
            throw Refused("\(error); nothing was looked at further")
        }
    }

    /// Versions that have topics, and those that are kept; the first where nothing ever ran.
    private func versions(
        of log: ActualLog, _ patterns: [TopicPattern]
    ) async throws -> [Version] {
        if let version { return [version] }
        var versions = Set(
            log.topics.flatMap { topic in patterns.compactMap { $0.version(of: topic.name) } })
        let history = try await ReleaseLog(opened.log).history()
        versions.formUnion(history.kept.map(\.version))
        return versions.isEmpty ? [.first] : versions.sorted()
    }
}
