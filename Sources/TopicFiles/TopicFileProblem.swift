/// What is wrong with a file of topics, and what would be right.
public struct TopicFileProblem: Error, Equatable, CustomStringConvertible {
    /// The file's name, as it was given.
    public var file: String
    /// The line, from 1; nil where it is about the whole file.
    public var line: Int?
    /// What is wrong, and what is allowed.
    public var text: String

    /// `topics/releases.yaml:7: …`.
    public var description: String {
        "\(file):\(line.map { "\($0): " } ?? " ")\(text)"
    }
}
