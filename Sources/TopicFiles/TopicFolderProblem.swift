/// All that is wrong with a folder of topics.
public struct TopicFolderProblem: Error, CustomStringConvertible {
    /// One or more problems, by file and line.
    public var problems: [TopicFileProblem]

    /// A line a problem.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
