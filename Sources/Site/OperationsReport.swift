public import ReleasePlans

/// What an operator wants to know of an installation, as the program that runs it sees it.
public struct OperationsReport: Sendable {
    /// A group and how far behind it is.
    public struct Group: Sendable {
        /// Its name.
        public var name: String
        /// `OK`, `WARN` or `ERR`; nil where it was not watched long enough to tell.
        public var state: String?
        /// Workers in it.
        public var members: Int
        /// Records left to consume.
        public var lagRecords: Int64
        /// Seconds since the log took the oldest of them.
        public var lagSeconds: Double

        /// A group.
        public init(
            name: String, state: String?, members: Int, lagRecords: Int64, lagSeconds: Double
        ) {
            self.name = name
            self.state = state
            self.members = members
            self.lagRecords = lagRecords
            self.lagSeconds = lagSeconds
        }
    }

    /// Dead letters of a version that have one reason.
    public struct Letters: Sendable {
        /// The version.
        public var version: Int
        /// Why, in one word.
        public var reason: String
        /// So many.
        public var count: Int
        /// When the log took the latest, in epoch milliseconds.
        public var latestMilliseconds: Int64
        /// The trip of the latest.
        public var latestTrip: String
        /// Why, in words, of the latest.
        public var latestExplanation: String

        /// Letters of a version and a reason.
        public init(
            version: Int, reason: String, count: Int, latestMilliseconds: Int64,
            latestTrip: String, latestExplanation: String
        ) {
            self.version = version
            self.reason = reason
            self.count = count
            self.latestMilliseconds = latestMilliseconds
            self.latestTrip = latestTrip
            self.latestExplanation = latestExplanation
        }
    }

    /// Every record of the topic `releases`.
    public var history: ReleaseHistory
    /// Groups, and when they were looked at in epoch milliseconds; nil before the first look.
    public var groups: (groups: [Group], lookedMilliseconds: Int64)?
    /// Dead letters by version and reason.
    public var letters: [Letters]
    /// Whether there are more letters, which have not been read yet.
    public var hasMoreLetters: Bool
    /// The last comparison of two versions, a page as ``DiffPage`` makes it, and when it was made in
    /// epoch milliseconds; nil where none is here.
    public var diff: (page: String, madeMilliseconds: Int64)?

    /// A report.
    public init(
        history: ReleaseHistory, groups: (groups: [Group], lookedMilliseconds: Int64)?,
        letters: [Letters], hasMoreLetters: Bool, diff: (page: String, madeMilliseconds: Int64)?
    ) {
        self.history = history
        self.groups = groups
        self.letters = letters
        self.hasMoreLetters = hasMoreLetters
        self.diff = diff
    }
}
