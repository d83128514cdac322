import Pipeline
import ReleasePlans
import Scoring
import Topics

extension ReleasedVersion {
    /// The rules that the version scores by.
    ///
    /// - Throws: ``Refused`` where this build would give other results.
    func rules() throws -> RuleSet {
        let release = staged.release
        guard let rules = RuleMessage.rules(of: release) ?? RuleSet.named(release.rulesName) else {
            throw Refused(
                """
                version \(version.number) is scored by rules \(rulesTitle), which the release does \
                not carry in a form that this tacho (\(Build.version)) knows: use the build that \
                staged it
                """)
        }
        guard rules.hash == release.rulesHash else {
            throw Refused(
                """
                version \(version.number) is scored by rules \(rulesTitle) of another build; this \
                tacho (\(Build.version)) scores by \(rules.hash) and would give other results: use \
                the build that staged it
                """)
        }
        return rules
    }
}
