import Foundation
import Scoring
import Testing
import Trips

/// How well hard manoeuvres are found, against true acceleration.
///
/// The even drives were used for tuning, the odd ones were not.
struct DetectionTests {
    private static let minima: [(file: String, kind: Event.Kind, f1: Double)] = [
        ("drives-clean.csv.gz", .hardBrake, 0.99), ("drives-clean.csv.gz", .hardAcceleration, 0.98),
        ("drives-noisy.csv.gz", .hardBrake, 0.95), ("drives-noisy.csv.gz", .hardAcceleration, 0.82),
    ]

    @Test func `hard manoeuvres are found as well as promised`() throws {
        print(
            "file                 kind              drives  must found detections true"
                + "  precision recall F1")
        for (file, drives) in try Self.files() {
            for (kind, sign, limit) in Judge.kinds {
                var halves = [Judge.Result(), Judge.Result()]
                for (index, drive) in drives.enumerated() {
                    halves[index % 2] += Self.judge(drive, kind, sign, limit)
                }
                var all = halves[0]
                all += halves[1]
                Self.report(file, kind, "tuned", halves[0])
                Self.report(file, kind, "unseen", halves[1])
                Self.report(file, kind, "all", all)
                let minimum = try #require(
                    Self.minima.first { $0.file == file && $0.kind == kind })
                #expect(all.f1 >= minimum.f1, "\(file) \(kind)")
                #expect(halves[1].f1 >= halves[0].f1 - Self.gap, "\(file) \(kind): overfitted")
            }
        }
    }

    /// How much worse than on the drives used for tuning the others may come out.
    private static let gap = 0.03

    static func files() throws -> [(String, [DriveFixture])] {
        try ["drives-clean.csv.gz", "drives-noisy.csv.gz"].map { ($0, try DriveFixture.read($0)) }
    }

    private static func judge(
        _ drive: DriveFixture, _ kind: Event.Kind, _ sign: Double, _ limit: Double
    ) -> Judge.Result {
        var kernel = Kernel(trip: drive.trip, rules: .standard)
        kernel.update(points: drive.points, firstChanged: 0)
        let truth = Judge.truth(
            drive.points.map(\.timeMilliseconds), drive.acceleration, sign: sign, limit: limit)
        return Judge.compare(truth, kernel.scorecard.events.filter { $0.kind == kind })
    }

    private static func report(
        _ file: String, _ kind: Event.Kind, _ drives: String, _ result: Judge.Result
    ) {
        func column(_ text: String, _ width: Int) -> String {
            text.padding(toLength: width, withPad: " ", startingAt: 0)
        }
        func ratio(_ value: Double) -> String { String(format: "%.3f", value) }
        print(
            column(file, 20), column(kind.rawValue, 17), column(drives, 7),
            column("\(result.must)", 4), column("\(result.found)", 5),
            column("\(result.detections)", 10), column("\(result.right)", 5),
            column(ratio(result.precision), 9), ratio(result.recall), ratio(result.f1))
    }
}
