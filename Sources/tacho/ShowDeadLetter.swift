import ArgumentParser
import EmbeddedLog
import EventLog
import Foundation
import Operations
import Topics

/// `tacho dead-letters show`: one upload that a version could not use.
struct ShowDeadLetter: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show an upload that a version could not use: why, its headers, what it says.",
        discussion: """
            A value that decodes is told in words, another one as a hex dump of its beginning; \
            --raw writes the value as it came, every byte.

            Example: tacho dead-letters show trip-uploads/3@17 --raw value.bin
            """)

    @OptionGroup var letters: DeadLetterOptions

    @Argument(
        help: "The upload's position, or that of a letter or of a copy that failed.")
    var position: String

    @Option(help: "File to write the value to as it came; - for standard output, and no more.")
    var raw: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        _ = try DeadLetterFilterOptions.position(position)
        guard raw == nil || !json else {
            throw ValidationError("--raw and --json are not for one call")
        }
    }

    func run() async throws {
        let named = try DeadLetterFilterOptions.position(position)
        var filter = DeadLetterFilter()
        filter.positions = [named]
        let found = try await letters.withLetters { [filter] letters, opened in
            var line = ProgressLine()
            guard let origin = try await letters.origins(filter, progress: { line.tell($0) }).first
            else {
                throw Refused(
                    """
                    no dead letter of version \(letters.version.number) in \(opened.place) \
                    comes from or is \(named)
                    """)
            }
            let letter = origin.letters.last {
                $0.position == named || ($0.origin == named && origin.position != named)
            }
            return try await DeadLetterReport(
                letters, origin, letter ?? origin.last, now: systemMilliseconds())
        }
        if let raw { try write(found, to: raw) }
        if json { try Terminal.json(found) } else if raw != "-" { found.print() }
    }

    private func write(_ found: DeadLetterReport, to path: String) throws {
        guard let original = found.original else { throw Refused(DeadLetterReport.goneText) }
        guard let value = original.value else { throw Refused("the upload has no value") }
        guard path != "-" else {
            FileHandle.standardOutput.write(Data(value))
            return
        }
        do {
            try Data(value).write(to: URL(filePath: path))
        } catch {
            throw Refused("cannot write \(path): \(error.localizedDescription)")
        }
    }
}
