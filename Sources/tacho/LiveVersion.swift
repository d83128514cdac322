import EventLog
import Pipeline
import ReleasePlans
import Releases
import Scoring
import Topics

/// Which version serves, and by which rules, as the `releases` topic tells it.
struct LiveVersion {
    let history: ReleaseHistory
    let version: Version

    /// Reads the topic; in an installation that has none yet, version 1 becomes live with the
    /// rules asked for.
    ///
    /// The release carries its rules, so that they are found again without the file that they came
    /// from; a restart may also ask for them by their name.
    ///
    /// - Parameter wanted: the rules asked for; nil takes those that are there.
    /// - Throws: ``Refused`` where the live version is scored by other rules.
    static func settle(on log: any EventLog, wanted: RulesChoice?) async throws -> LiveVersion {
        let releases = ReleaseLog(log)
        var history = try await releases.history()
        if history.live == nil {
            let rules = try wanted?.rules() ?? .standard
            var first = Tacho_V1_Release()
            first.version = UInt32(Version.first.number)
            first.step = .promoted
            first.take(rules)
            first.by = "tacho up"
            first.why = "the first version of a new installation"
            // Of two that come first at once one wins, and the other goes on with that.
            do { _ = try await releases.append(first, to: &history) } catch is Overtaken {}
        }
        guard let version = history.live, let live = history.versions[version] else {
            throw Refused("the releases topic names no live version")
        }
        if let wanted {
            let release = live.staged.release
            let isByName = if case .named(release.rulesName) = wanted { true } else { false }
            let rules = isByName ? nil : try wanted.rules()
            guard isByName || rules?.hash == release.rulesHash else {
                throw Refused(
                    """
                    the data was scored by rules \(live.rulesTitle), not by \(rules?.title ?? ""): other \
                    rules are a release (tacho release run --rules …); start without --rules, or \
                    use another --data
                    """)
            }
        }
        return LiveVersion(history: history, version: version)
    }
}

extension Tacho_V1_Release {
    /// Says by which rules, and of which build, a version's results are.
    mutating func take(_ rules: RuleSet) {
        rulesName = rules.name
        rulesVersion = UInt32(rules.version)
        rulesHash = rules.hash
        self.rules = RuleMessage.compose(rules)
        resultsRevision = UInt32(Scoring.revision)
    }
}
