import Foundation

/// Measures one figure a run, so that none of them finds a warm heap, and prints it as a line of
/// tabs: name, unit, work done, CPU seconds, load.
@main
struct TachoBench {
    static let usage = """
        usage: tacho-bench parse | encode N | decode N | varints | kernel [positions] | increments
               tacho-bench fill DIR TRIPS [USERS] | read DIR | scorer DIR | replay DIR | projector DIR
               tacho-bench upload URL PID COUNT | get URL PID COUNT trip|unchanged|livez TRIPS
               tacho-bench broker | topics KAFKA PREFIX | fill-kafka KAFKA PREFIX TRIPS
               tacho-bench work KAFKA PREFIX NAME GROUP COMMAND… | outputs KAFKA PREFIX
               tacho-bench consume KAFKA PREFIX NAME COMMAND…
               tacho-bench upload-kafka URL PID COUNT NAME | sample URL | same KAFKA PREFIX PREFIX
               tacho-bench instructions
        """

    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        // Without a thread: valgrind does not survive a main thread that gives way to others.
        if words == ["instructions"] {
            do { try Instructions.run() } catch { fail(error) }
            return
        }
        Task {
            do { try await run(words) } catch { fail(error) }
            exit(0)
        }
        dispatchMain()
    }

    private static func fail(_ error: any Error) -> Never {
        FileHandle.standardError.write(Data("tacho-bench: \(error)\n".utf8))
        exit(1)
    }

    private static func run(_ words: [String]) async throws {
        let rest = Array(words.dropFirst())
        switch (words.first, rest.count) {
        case ("parse", 0): try PureFigures.parse()
        case ("encode", 1): try PureFigures.encode(batch: count(rest[0]))
        case ("decode", 1): try PureFigures.decode(batch: count(rest[0]))
        case ("varints", 0): PureFigures.varints()
        case ("kernel", 0): PureFigures.kernel(speeds: true)
        case ("kernel", 1): PureFigures.kernel(speeds: false)
        case ("increments", 0): PureFigures.increments()
        case ("fill", 2): try await LogFigures(rest[0]).fill(trips: count(rest[1]), users: 0)
        case ("fill", 3):
            try await LogFigures(rest[0]).fill(trips: count(rest[1]), users: count(rest[2]))
        case ("read", 1): try await LogFigures(rest[0]).read()
        case ("scorer", 1): try await LogFigures(rest[0]).score()
        case ("replay", 1): try await LogFigures(rest[0]).score("Replay of the embedded log")
        case ("projector", 1): try await LogFigures(rest[0]).project()
        case ("upload", 3):
            try await ServerFigures(rest[0], process: count(rest[1]))
                .upload(count(rest[2]), "Gateway uploads", "synced")
        case ("get", 5):
            try await ServerFigures(rest[0], process: count(rest[1]))
                .get(rest[3], count(rest[2]), trips: count(rest[4]))
        default: try await runOnKafka(words)
        }
    }

    private static func runOnKafka(_ words: [String]) async throws {
        let rest = Array(words.dropFirst())
        switch (words.first, rest.count) {
        case ("broker", 0): try KafkaFigures.serve()
        case ("topics", 2): try await KafkaFigures(rest[0], prefix: rest[1]).makeTopics()
        case ("fill-kafka", 3):
            try await KafkaFigures(rest[0], prefix: rest[1]).fill(trips: count(rest[2]))
        case ("work", 5...):
            try await KafkaFigures(rest[0], prefix: rest[1])
                .work(rest[2], group: rest[3], command: Array(rest[4...]))
        case ("consume", 4...):
            try await KafkaFigures(rest[0], prefix: rest[1])
                .consume(rest[2], command: Array(rest[3...]))
        case ("outputs", 2): try await KafkaFigures(rest[0], prefix: rest[1]).outputs()
        case ("upload-kafka", 4):
            try await ServerFigures(rest[0], process: count(rest[1]))
                .upload(count(rest[2]), rest[3], "acknowledged by Kafka")
        case ("sample", 1): try await ServerFigures(rest[0], process: 0).sample()
        case ("same", 3):
            try await KafkaFigures(rest[0], prefix: rest[1])
                .mustMatch(KafkaFigures(rest[0], prefix: rest[2]))
        default: throw Failed(usage)
        }
    }

    private static func count(_ text: String) throws -> Int {
        guard let count = Int(text), count > 0 else { throw Failed("\(text) is no count") }
        return count
    }
}

/// Why a figure could not be taken.
struct Failed: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
