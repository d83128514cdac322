internal import Yams

/// The documents of a YAML text, until it ends or is none.
struct Documents {
    /// Why it ended before its end.
    private(set) var problem: TopicFileProblem?
    private let name: String
    private var parser: Parser?

    init(_ text: String, name: String) {
        self.name = name
        do {
            parser = try Parser(yaml: text)
        } catch {
            problem = TopicFileProblem(file: name, line: nil, text: "not YAML: \(error)")
        }
    }

    mutating func next() -> Node? {
        do {
            return try parser?.nextRoot()
        } catch {
            parser = nil
            problem = Self.problem(error, in: name)
            return nil
        }
    }

    private static func problem(_ error: any Error, in name: String) -> TopicFileProblem {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let during = context.map { " \($0.text)" } ?? ""
            return TopicFileProblem(
                file: name, line: mark.line, text: "not YAML:\(during) \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            return TopicFileProblem(
                file: name, line: context.mark.line,
                text: "said twice: \(keys.sorted().joined(separator: ", "))")
        default: return TopicFileProblem(file: name, line: nil, text: "not YAML: \(error)")
        }
    }
}
