import ArgumentParser
import Foundation
import Logging
import ReleasePlans
import Scoring
import Topics
import Web

@main
struct Tacho: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tacho",
        abstract: "A driving log on a log: trips in, scores and events out.",
        discussion: """
            Example: tacho up --demo, then open http://localhost:8080
            Exit codes: 0 done, 1 refused or failed, 2 usage, 3 a gate did not hold.
            Every option is also an environment variable: --port is TACHO_PORT.
            """,
        version: Build.version,
        subcommands: [
            Up.self, GatewayRole.self, CutterRole.self, ScorerRole.self, ReaderRole.self,
            Import.self, Drive.self, Score.self, RulesCommand.self, Status.self, TopicCommand.self,
            DeadLetterCommand.self,
            Replay.self, ReleaseCommand.self, BackupCommand.self, RestoreCommand.self,
            TokenCommand.self,
        ])

    static func main() async {
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = .notice
            return handler
        }
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let refusal as Refused {
            Terminal.error(refusal.description)
            Foundation.exit(refusal.code)
        } catch {
            let code = exitCode(for: error)
            guard code == .validationFailure else { exit(withError: error) }
            Terminal.error(fullMessage(for: error))
            Foundation.exit(2)
        }
    }
}

/// What this build is.
enum Build {
    /// The version of the program.
    static let version = "0.1.0"

    /// What `/version` says: the build, what it does here, and which version is live.
    static func description(roles: Set<Role>, _ history: ReleaseHistory) -> JSONText {
        var json = JSONText(capacity: 200)
        json.beginObject()
        json.member("name", string: "tacho")
        json.member("version", string: version)
        json.member("resultsRevision", integer: Int64(Scoring.revision))
        json.key("roles")
        json.beginArray()
        for role in roles.map(\.rawValue).sorted() { json.string(role) }
        json.endArray()
        json.key("live")
        if let live = history.live, let release = history.versions[live]?.staged.release {
            json.beginObject()
            json.member("version", integer: Int64(live.number))
            json.member("rules", string: release.rulesName)
            json.member("rulesHash", string: release.rulesHash)
            json.endObject()
        } else {
            json.null()
        }
        json.endObject()
        return json
    }
}
