import ArgumentParser
import RuleFiles
import Scoring

/// `tacho rules`: rule sets as files.
struct RulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Print rules as a file, and check files of rules.",
        discussion: """
            Example: tacho rules show default > fleet.yaml, then change name and limits there,
            tacho rules check fleet.yaml, tacho score drive.csv --rules ./fleet.yaml
            """,
        subcommands: [ShowRules.self, CheckRules.self])
}

/// `tacho rules show`: a rule set as a file.
struct ShowRules: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print rules as a YAML file that --rules takes.",
        discussion: "Example: tacho rules show strict")

    @Argument(help: "Rules to print: default, strict, mydriving, or a file.")
    var rules: String

    func run() throws {
        let rules = try RulesChoice(rules).rules()
        Terminal.say("# Rules \(rules.title).")
        Terminal.say(String(RuleFile.text(of: rules).dropLast()))
    }
}

/// `tacho rules check`: whether files of rules can be used, for pipelines.
struct CheckRules: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Fail where a file of rules cannot be used; say its name, version and hash.",
        discussion: """
            The hash is of what the file says: comments and order leave it as it is.

            Example: tacho rules check fleet.yaml
            """)

    @Argument(help: "Files to check.", completion: .file(extensions: ["yaml", "yml"]))
    var files: [String]

    func run() throws {
        var problems: [String] = []
        for path in files {
            do {
                Terminal.say("\(path): \(try RuleFile(path: path).rules.title)")
            } catch {
                problems.append("\(error)")
            }
        }
        guard problems.isEmpty else { throw Refused(problems.joined(separator: "\n")) }
    }
}
