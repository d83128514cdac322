public import EventLog
public import Topics

/// What the `releases` topic says: which versions there are, what each is, and which one is live.
///
/// A record counts only if it follows the last one that counted and makes sense there; any other
/// is void, so that of two releasers who write at once one wins. Whoever reads the topic to the same
/// offset comes to the same history.
public struct ReleaseHistory: Equatable, Sendable {
    /// A record of the topic.
    public struct Entry: Equatable, Sendable {
        /// Where it lies.
        public var offset: Int64
        /// When the log took it, in epoch milliseconds.
        public var timeMilliseconds: Int64
        /// What it says.
        public var release: Tacho_V1_Release
        /// Why it does not count; nil where it does.
        public var void: Void?
    }

    /// Why a record does not count.
    public enum Void: Equatable, Sendable {
        /// It follows a record that another one follows already.
        case overtaken
        /// There is nothing for it to do.
        case senseless(String)
        /// It is no release.
        case undecodable(String)
    }

    /// Every record, in the log's order, those that do not count among them.
    public private(set) var entries: [Entry] = []
    /// The offset of the last record that counts, -1 before the first: what the next one follows.
    public private(set) var last: Int64 = -1
    /// The next offset to read.
    public private(set) var nextOffset: Int64 = 0
    /// Every version that was ever staged or promoted, by number.
    public private(set) var versions: [Version: ReleasedVersion] = [:]
    /// The version that is live; nil before the first.
    public private(set) var live: Version?
    /// Versions that were live, the last one at the end, each once.
    private var lived: [Version] = []

    /// The history before anything was released.
    public init() {}

    /// Takes the next record of the topic.
    public mutating func take(_ record: Record) {
        let offset = record.position.offset
        guard offset >= nextOffset else { return }
        nextOffset = offset + 1
        var entry = Entry(
            offset: offset, timeMilliseconds: record.timestampMilliseconds, release: .init())
        do {
            entry.release = try Topics.releases.decode(record.value ?? [])
        } catch {
            entry.void = .undecodable(error.description)
            entries.append(entry)
            return
        }
        if entry.release.follows != last {
            entry.void = .overtaken
        } else if let reason = apply(entry) {
            entry.void = .senseless(reason)
        } else {
            last = offset
        }
        entries.append(entry)
    }

    /// The version that a rollback goes back to: the last one that was live before and is kept.
    public var previous: Version? { lived.last { $0 != live && versions[$0]?.isKept == true } }

    /// Versions that are not retired, by number.
    public var kept: [ReleasedVersion] {
        versions.values.filter(\.isKept).sorted { $0.version < $1.version }
    }

    /// Versions that were never live and are not retired, by number.
    public var candidates: [ReleasedVersion] { kept.filter { $0.state == .candidate } }

    /// The number that the next version gets: above all that anybody ever wrote.
    public var nextVersion: Version? {
        let highest = entries.map { Int($0.release.version) }.max() ?? 0
        return Version(highest + 1)
    }

    /// The entry that counts and was written with this id.
    public func entry(id: String) -> Entry? {
        entries.last { $0.release.id == id && $0.void == nil }
    }

    /// Makes what the entry says so.
    ///
    /// - Returns: why there is nothing to be made so; nil where it was done.
    private mutating func apply(_ entry: Entry) -> String? {
        guard let version = Version(Int(entry.release.version)) else {
            return "there is no version \(entry.release.version)"
        }
        switch entry.release.step {
        case .staged: return stage(version, entry)
        case .promoted, .rolledBack: return promote(version, entry)
        case .retired: return retire(version, entry)
        case .checked, .paced: return note(version, entry)
        case .unspecified, .UNRECOGNIZED:
            return "a step of number \(entry.release.step.rawValue) is not known here"
        }
    }

    private mutating func stage(_ version: Version, _ entry: Entry) -> String? {
        guard versions[version] == nil else { return "version \(version.number) is there already" }
        versions[version] = ReleasedVersion(version, staged: entry)
        return nil
    }

    private mutating func promote(_ version: Version, _ entry: Entry) -> String? {
        if versions[version] == nil {
            // The first version of all is live at once, and is not staged before.
            guard live == nil else { return "version \(version.number) was never staged" }
            versions[version] = ReleasedVersion(version, staged: entry)
        }
        guard versions[version]?.isKept == true else {
            return "version \(version.number) is retired"
        }
        guard live != version else { return "version \(version.number) is live already" }
        if let live { versions[live]?.state = .standby }
        versions[version]?.state = .live
        versions[version]?.promoted = entry
        live = version
        lived.removeAll { $0 == version }
        lived.append(version)
        return nil
    }

    private mutating func retire(_ version: Version, _ entry: Entry) -> String? {
        guard versions[version]?.isKept == true else {
            return "version \(version.number) is not there to be retired"
        }
        guard live != version else { return "version \(version.number) is live" }
        versions[version]?.state = .retired
        return nil
    }

    private mutating func note(_ version: Version, _ entry: Entry) -> String? {
        guard versions[version]?.isKept == true else {
            return "version \(version.number) is not there"
        }
        if entry.release.step == .paced {
            versions[version]?.pace = entry.release.pace
        } else {
            versions[version]?.gates[entry.release.gate.name] = entry
        }
        return nil
    }
}

/// A version as the history has it.
public struct ReleasedVersion: Equatable, Sendable {
    /// What a version is.
    public enum State: String, Equatable, Sendable {
        /// Staged and never live.
        case candidate
        /// The one that answers.
        case live
        /// It was live and is kept, to go back to.
        case standby
        /// Nothing serves it any more.
        case retired
    }

    /// Its number.
    public let version: Version
    /// What it is now.
    public internal(set) var state = State.candidate
    /// The record that it began with, which has its rules, its starts and its slot.
    public let staged: ReleaseHistory.Entry
    /// The record that made it live last.
    public internal(set) var promoted: ReleaseHistory.Entry?
    /// The last try of each gate, by the gate's name.
    public internal(set) var gates: [String: ReleaseHistory.Entry] = [:]
    /// The pace that its scorers are to keep.
    public internal(set) var pace: Tacho_V1_Pace

    init(_ version: Version, staged: ReleaseHistory.Entry) {
        self.version = version
        self.staged = staged
        pace = staged.release.pace
    }

    /// Whether it is scored and served.
    public var isKept: Bool { state != .retired }

    /// Where its scorers begin, a partition of uploads; empty where they begin at the first upload.
    public var starts: [Int: Int64] {
        Dictionary(
            staged.release.starts.map { (Int($0.partition), $0.offset) },
            uniquingKeysWith: { first, _ in first })
    }

    /// The version from which it takes over what ended before its starts.
    public var base: Version? { Version(Int(staged.release.base)) }

    /// The deployment that it is put in; blue for one that was live from the beginning, empty where
    /// none was said.
    public var slot: String {
        let isFirst = staged.release.step == .promoted
        return staged.release.slot.isEmpty && isFirst ? "blue" : staged.release.slot
    }
}
