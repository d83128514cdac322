import ArgumentParser
import Foundation
import ReleasePlans
import Topics

/// Who does a step of a release, and why.
struct ReleaseAuthor {
    var by: String
    var why: String
}

/// How the commands of a release act.
struct ActOptions: ParsableArguments {
    @OptionGroup var log: LogOptions

    @Flag(help: "Do what the plan says.")
    var execute = false

    @Option(help: "Who does it, as the record tells (USER@host).")
    var by: String?

    @Option(help: "Why, as the record tells.")
    var why: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    /// The longest of the texts that a record takes, in bytes.
    private static let longestText = 1_000

    func validate() throws {
        for (name, text) in [("--by", by), ("--why", why)] {
            guard text?.utf8.count ?? 0 <= Self.longestText else {
                throw ValidationError("\(name) is longer than \(Self.longestText) bytes")
            }
        }
    }

    /// As given, or the user on this machine.
    var author: ReleaseAuthor {
        let user = ProcessInfo.processInfo.environment["USER"] ?? NSUserName()
        return ReleaseAuthor(
            by: by ?? "\(user)@\(ProcessInfo.processInfo.hostName)", why: why ?? "")
    }

    /// Opens the log with its releases for the body.
    ///
    /// - Throws: ``Refused`` also for what a plan refuses.
    func withDesk<Result>(
        _ body: (inout ReleaseDesk) async throws -> Result
    ) async throws -> Result {
        try await log.withLog { opened in
            do {
                var desk = try await ReleaseDesk(opened, author, isQuiet: json)
                return try await body(&desk)
            } catch let refusal as ReleaseRefusal {
                throw Refused("\(refusal)")
            }
        }
    }

    /// Says that a dry run is over.
    func sayNothingChanged() {
        if !json { Terminal.say("nothing was changed: --execute acts") }
    }
}

/// The version that a step is about.
struct VersionArgument: ParsableArguments {
    @Argument(help: "Version that is meant; the only candidate where none is named.")
    var version: Int?

    func named() throws -> Version? { try version.map(Version.init(option:)) }
}

/// How long readers are waited for.
struct ReaderWaitOptions: ParsableArguments {
    @Option(help: "Seconds to wait for readers, and for the version to be ready, 0 to 3600.")
    var wait: Double = 10

    @Flag(help: "Go on where no reader is there to serve the version.")
    var withoutReaders = false

    func validate() throws {
        guard (0...3_600).contains(wait) else {
            throw ValidationError("--wait is \(wait), allowed are 0 to 3600 seconds")
        }
    }

    /// Readers that there must be.
    var minimum: Int { withoutReaders ? 0 : 1 }
}
