/// What is wrong with a file of rules, and what would be right.
public struct RuleFileProblem: Error, Equatable, CustomStringConvertible {
    /// The file's name, as it was given.
    public var file: String
    /// The line, from 1; nil where it is about the whole file.
    public var line: Int?
    /// What is wrong, and what is allowed.
    public var text: String

    /// `fleet.yaml:7: …`.
    public var description: String {
        "\(file):\(line.map { "\($0): " } ?? " ")\(text)"
    }
}

/// All that is wrong with a file of rules.
public struct RuleFileProblems: Error, Equatable, CustomStringConvertible {
    /// One or more problems, by line.
    public var problems: [RuleFileProblem]

    /// A line a problem.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
