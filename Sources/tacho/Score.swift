import ArgumentParser
import Foundation
import Scoring
import Simulator
import Trips

/// `tacho score`: the kernel on files, without a server.
struct Score: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Score trips in files, without a server.",
        discussion: """
            Reads CSV (MyDriving's columns, or timestamp, latitude, longitude and optionally trip,
            speed_kmh or speed_mps), GPX 1.1 and JSON.

            Example: tacho score drive.csv --rules strict --json
            By rules of your own: tacho score drive.csv --rules ./fleet.yaml
            """)

    @Argument(help: "Files to read.", completion: .file())
    var files: [String]

    @OptionGroup var rules: RulesOptions

    @Flag(help: "Print {\"trips\": […], \"events\": […]} as the /v1 interface gives them.")
    var json = false

    func run() async throws {
        let rules = try rules.choice()?.rules() ?? .standard
        var scored: [(trip: ImportedTrip, card: Scorecard)] = []
        for path in files {
            for trip in try TripFile.read(reporting: path).trips {
                var state = TripPoints()
                _ = state.insert(trip.points)
                var kernel = Kernel(trip: trip.id.rawValue, rules: rules)
                kernel.update(points: state.ordered, firstChanged: 0)
                scored.append((trip, kernel.scorecard))
            }
        }
        if json {
            Terminal.say(String(decoding: Self.document(scored, rules), as: UTF8.self))
        } else {
            for (trip, card) in scored { Self.print(trip, card) }
        }
    }

    private static func print(_ trip: ImportedTrip, _ card: Scorecard) {
        let seconds = Double(card.endMilliseconds - card.startMilliseconds) / 1_000
        let score =
            card.score.map { "score \($0)" } ?? "no score (\(card.unscorable?.rawValue ?? "?"))"
        Terminal.say(
            String(
                format:
                    "%@: %@, %.2f km in %.1f min, %ld hard brakes, %ld hard accelerations, %ld hard corners",
                trip.id.rawValue, score, Double(card.distanceMeters) / 1_000, seconds / 60,
                card.hardBrakes, card.hardAccelerations, card.hardCorners))
        for event in card.events {
            Terminal.say(
                String(
                    format: "  %@ %@: %.0f to %.0f km/h in %.1f s, peak %.1f m/s², costs %ld",
                    event.severity.rawValue, event.kind.rawValue,
                    Double(event.speedBeforeMetersPerHour) / 1_000,
                    Double(event.speedAfterMetersPerHour) / 1_000,
                    Double(event.endMilliseconds - event.startMilliseconds) / 1_000,
                    Double(event.peakMillimetersPerSecond2) / 1_000, event.points))
        }
        for problem in card.quality.problems {
            Terminal.say("  \(problem.kind.rawValue): \(problem.count)")
        }
    }
}

extension TripFile {
    /// Reads a file and says on standard error what in it could not be used.
    ///
    /// - Throws: ``Refused`` where nothing of it can be.
    static func read(reporting path: String) throws -> TripFile {
        do {
            let file = try TripFile.read(path: path)
            for problem in file.problems.prefix(10) { Terminal.error("\(problem)") }
            if file.problemCount > 10 {
                Terminal.error("\(path): and \(file.problemCount - 10) more such rows")
            }
            for (reading, count) in file.droppedReadings.sorted(by: { $0.key < $1.key }) {
                Terminal.error("\(path): \(count) values of \(reading) were out of range: left out")
            }
            return file
        } catch {
            throw Refused("\(error)")
        }
    }
}
