public import TopicPlans
internal import Foundation

/// The files of topics in a folder.
public struct TopicFolder {
    /// Every file ending with `.yaml` or `.yml`, by name.
    public let files: [TopicFile]

    /// What the files define, in order of their names.
    public var definitions: [TopicDefinition] { files.flatMap(\.definitions) }

    /// Reads a folder.
    ///
    /// - Throws: all that is wrong in it.
    public init(_ path: String) throws(TopicFolderProblem) {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw TopicFolderProblem(
                problems: [.init(file: path, line: nil, text: error.localizedDescription)])
        }
        var files: [TopicFile] = []
        var problems: [TopicFileProblem] = []
        for name in names.sorted() where name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
            let path = path.hasSuffix("/") ? path + name : "\(path)/\(name)"
            do {
                let file = TopicFile(try String(contentsOfFile: path, encoding: .utf8), name: path)
                problems += file.problems
                files.append(file)
            } catch {
                problems.append(.init(file: path, line: nil, text: error.localizedDescription))
            }
        }
        self.files = files
        problems += Self.defined(twice: files.flatMap(\.definitions))
        if problems.isEmpty, files.allSatisfy(\.definitions.isEmpty) {
            problems.append(.init(file: path, line: nil, text: "no .yaml file there has a topic"))
        }
        guard problems.isEmpty else { throw TopicFolderProblem(problems: problems) }
    }

    private static func defined(twice definitions: [TopicDefinition]) -> [TopicFileProblem] {
        Dictionary(grouping: definitions, by: \.name).values.filter { $0.count > 1 }.map { same in
            TopicFileProblem(
                file: same[1].source, line: nil,
                text: "topic \(same[1].name) is also in \(same[0].source)")
        }.sorted { $0.file < $1.file }
    }
}
