internal import ReleasePlans
internal import Topics

/// What an operator sees: versions, lag, dead letters, releases.
struct OperatorView {
    /// Records of the topic `releases` that are shown, the newest.
    static let recordLimit = 60

    struct Version {
        let number: String
        let state: String
        let isLive: Bool
        let rules: String
        let hash: String
        let slot: String
        let since: Moment
    }
    struct Group {
        let group: String
        let groupState: String
        let members: Int
        let records: String
        let seconds: String
    }
    struct Letters {
        let version: Int
        let reason: String
        let count: Int
        let latest: Moment
        let trip: String
        let explanation: String
    }
    struct Step {
        let when: Moment
        let step: String
        let version: Int
        let by: String
        let why: String
    }

    let versions: [Version]
    let groups: [Group]
    let hasGroups: Bool
    let looked: Moment?
    let letters: [Letters]
    let hasLetters: Bool
    let letterTotal: String
    let steps: [Step]
    let stepsLeft: Int?
    let diffMade: Moment?

    /// The page of a report.
    init(_ report: OperationsReport, _ preferences: Preferences) {
        let zone = preferences.zone
        let history = report.history
        versions = history.versions.values.sorted { $0.version > $1.version }.map { version in
            let release = version.staged.release
            return Version(
                number: "\(version.version.number)", state: version.state.rawValue,
                isLive: version.version == history.live,
                rules: "\(release.rulesName) \(release.rulesVersion)", hash: release.rulesHash,
                slot: version.slot,
                since: Moment(
                    (version.promoted ?? version.staged).timeMilliseconds, .full, in: zone))
        }
        groups = (report.groups?.groups ?? []).map { group in
            Group(
                group: group.name, groupState: group.state ?? "not yet known",
                members: group.members, records: "\(group.lagRecords)",
                seconds: "\(Words.seconds(milliseconds: Int64(group.lagSeconds * 1_000))) s")
        }
        hasGroups = !groups.isEmpty
        looked = (report.groups?.lookedMilliseconds).map { Moment($0, .clock, in: zone) }
        letters = report.letters.map { letters in
            Letters(
                version: letters.version, reason: letters.reason, count: letters.count,
                latest: Moment(letters.latestMilliseconds, .full, in: zone),
                trip: letters.latestTrip, explanation: letters.latestExplanation)
        }
        hasLetters = !letters.isEmpty
        let total = report.letters.reduce(0) { $0 + $1.count }
        letterTotal = "\(total)" + (report.hasMoreLetters ? " so far; more are being read" : "")
        steps = history.entries.suffix(Self.recordLimit).reversed().map { Step($0, zone) }
        let left = history.entries.count - Self.recordLimit
        stepsLeft = left > 0 ? left : nil
        diffMade = (report.diff?.madeMilliseconds).map { Moment($0, .full, in: zone) }
    }
}

extension OperatorView.Step {
    fileprivate init(_ entry: ReleaseHistory.Entry, _ zone: ClockZone) {
        let release = entry.release
        when = Moment(entry.timeMilliseconds, .full, in: zone)
        version = Int(release.version)
        by = release.by
        var why = release.why
        if release.step == .checked {
            step = "gate \(release.gate.name) \(release.gate.passed ? "passed" : "did not hold")"
            why = release.gate.figure
        } else {
            step = Self.word(release.step)
        }
        switch entry.void {
        case nil: self.why = why
        case .overtaken: self.why = "does not count, another was first: \(why)"
        case .senseless(let reason), .undecodable(let reason):
            self.why = "does not count (\(reason)): \(why)"
        }
    }

    private static func word(_ step: Tacho_V1_ReleaseStep) -> String {
        switch step {
        case .staged: "staged"
        case .promoted: "promoted"
        case .rolledBack: "rolled back to"
        case .retired: "retired"
        case .paced: "pace set"
        case .checked: "checked"
        case .unspecified, .UNRECOGNIZED: "step \(step.rawValue)"
        }
    }
}
