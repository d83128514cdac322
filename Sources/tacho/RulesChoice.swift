import Foundation
import RuleFiles
import Scoring

/// What `--rules` asks for: a rule set by its name, or one that a file says.
enum RulesChoice {
    case named(String)
    case file(RuleSet)

    /// A text with a `/` in it, or that ends with `.yaml` or `.yml`, is a file's path.
    ///
    /// - Throws: ``Refused`` with everything that is wrong with the file.
    init(_ text: String) throws {
        guard Self.isPath(text) else {
            self = .named(text)
            return
        }
        self = .file(try RuleSet.file(text))
    }

    /// The rules asked for, of those that ship and files.
    ///
    /// - Throws: ``Refused`` with the names there are.
    func rules() throws -> RuleSet {
        switch self {
        case .named(let name): try RuleSet.shipped(named: name)
        case .file(let rules): rules
        }
    }

    private static func isPath(_ text: String) -> Bool {
        text.contains("/") || text.hasSuffix(".yaml") || text.hasSuffix(".yml")
    }
}

extension RuleSet {
    /// The rules of that name.
    ///
    /// - Throws: ``Refused`` with the names there are.
    static func shipped(named name: String) throws -> RuleSet {
        guard let rules = RuleSet.named(name) else {
            let names = RuleSet.shipped.map(\.name).joined(separator: ", ")
            throw Refused(
                """
                there are no rules "\(name)"; there are \(names), and files, whose path has a / \
                in it or ends with .yaml
                """)
        }
        return rules
    }

    /// The rules that a file says.
    ///
    /// - Throws: ``Refused`` with everything that is wrong with it.
    static func file(_ path: String) throws -> RuleSet {
        do {
            return try RuleFile(path: path).rules
        } catch {
            throw Refused("the file of rules is not right:\n\(error)")
        }
    }

    /// Name, version and hash, as messages tell them.
    var title: String { "\(name) version \(version) (\(hash))" }
}
