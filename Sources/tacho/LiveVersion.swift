import EventLog
import Pipeline
import Scoring
import Topics

/// Which version serves, and by which rules, as the `releases` topic tells it.
struct LiveVersion {
    let version: Version
    let rules: RuleSet

    /// Reads the topic; in an installation that has none yet, version 1 becomes live with the
    /// rules asked for.
    ///
    /// The release carries its rules, so that they are found again without the file that they came
    /// from; a restart may also ask for them by their name.
    ///
    /// - Parameter wanted: the rules asked for; nil takes those that are there.
    /// - Throws: ``Refused`` where the data was scored by other rules, or by a build that gives
    ///   other results.
    static func settle(on log: any EventLog, wanted: RulesChoice?) async throws -> LiveVersion {
        if try await live(on: log) == nil {
            let rules = try wanted?.rules() ?? .standard
            var first = Tacho_V1_Release()
            first.version = UInt32(Version.first.number)
            first.step = .promoted
            first.rulesName = rules.name
            first.rulesVersion = UInt32(rules.version)
            first.rulesHash = rules.hash
            first.rules = RuleMessage.compose(rules)
            first.resultsRevision = UInt32(Scoring.revision)
            first.follows = -1
            first.by = "tacho up"
            first.why = "the first version of a new installation"
            // Two that come first at once both append; whoever is first on the log wins.
            _ = try await log.append([
                Topics.releases.record(partition: 0, key: "release", value: first)
            ])
        }
        guard let live = try await live(on: log), let version = Version(Int(live.version)) else {
            throw Refused("the releases topic names no live version")
        }
        let title =
            "rules \(live.rulesName) version \(live.rulesVersion) (\(live.rulesHash))"
        guard let there = RuleMessage.rules(of: live) ?? RuleSet.named(live.rulesName) else {
            throw Refused(
                """
                the data was scored by \(title), which the release does not carry in a form that \
                this tacho (\(Build.version)) knows: use the build that scored it, or another \
                --data
                """)
        }
        if let wanted {
            let isByName = if case .named(live.rulesName) = wanted { true } else { false }
            let rules = isByName ? there : try wanted.rules()
            guard rules.hash == live.rulesHash || isByName else {
                throw Refused(
                    """
                    the data was scored by \(title), not by \(rules.title): other rules are a \
                    release; start without --rules, or use another --data
                    """)
            }
        }
        guard there.hash == live.rulesHash else {
            throw Refused(
                """
                the data was scored by \(title) of another build; this tacho (\(Build.version)) \
                scores by \(there.hash) and would give other results: use the build that scored \
                it, or another --data
                """)
        }
        return LiveVersion(version: version, rules: there)
    }

    /// The record that made a version live, or nil before the first.
    ///
    /// A record counts only if it follows the last one that counted.
    static func live(on log: any EventLog) async throws -> Tacho_V1_Release? {
        let source = TopicPartition(Topics.releases.name, 0)
        guard let range = try await log.offsets(of: source.topic)[source] else { return nil }
        var next = range.lowerBound
        var last: Int64 = -1
        var live: Tacho_V1_Release?
        while next < range.upperBound {
            for record in try await log.read(from: [source: next], limit: ReadLimit(), wait: .zero)
            {
                next = record.position.offset + 1
                let release = try Topics.releases.decode(record.value ?? [])
                guard release.follows == last else { continue }
                last = record.position.offset
                if release.step == .promoted || release.step == .rolledBack { live = release }
            }
        }
        return live
    }
}
