import Foundation
import Scoring
import Testing

/// Results are pinned: who changes one raises the revision, so that two versions with different
/// results never pass for one.
struct GoldenTests {
    @Test func `results of a revision never change`() throws {
        var lines = ["revision \(Scoring.revision)"]
        for rules in RuleSet.shipped {
            lines.append("rules \(rules.name) \(rules.version) \(rules.hash)")
            for (file, drives) in try DetectionTests.files() {
                var fingerprint: UInt64 = 0xcbf2_9ce4_8422_2325
                for drive in drives {
                    var kernel = Kernel(trip: drive.trip, rules: rules)
                    kernel.update(points: drive.points, firstChanged: 0)
                    for byte in Self.text(kernel.scorecard).utf8 {
                        fingerprint = (fingerprint ^ UInt64(byte)) &* 0x100_0000_01b3
                    }
                }
                lines.append("\(file) \(String(fingerprint, radix: 16))")
            }
        }
        let found = lines.joined(separator: "\n") + "\n"
        let url = try #require(
            Bundle.module.url(forResource: "Fixtures/results", withExtension: "golden"))
        let pinned = try String(contentsOf: url, encoding: .utf8)
        #expect(
            found == pinned,
            "Results changed: raise Scoring.revision, then pin these in results.golden:\n\(found)")
    }

    private static func text(_ card: Scorecard) -> String {
        var fields = [
            "\(card.startMilliseconds) \(card.endMilliseconds) \(card.distanceMeters)",
            "\(card.averageSpeedMetersPerHour) \(card.maxSpeedMetersPerHour)",
            "\(card.score ?? -1) \(card.unscorable?.rawValue ?? "-")",
            "\(card.quality.readings) \(card.quality.used) \(card.quality.repaired)",
            "\(card.quality.largestGapMilliseconds)",
        ]
        fields += card.quality.problems.map { "\($0.kind.rawValue) \($0.count)" }
        fields += card.breakdown.map { "\($0.cause) \($0.count ?? -1) \($0.points)" }
        fields += card.events.map { event in
            "\(event.id) \(event.severity.rawValue) \(event.endMilliseconds) "
                + "\(event.latitudeE7) \(event.longitudeE7) \(event.peakMillimetersPerSecond2) "
                + "\(event.speedBeforeMetersPerHour) \(event.speedAfterMetersPerHour) "
                + "\(event.points)"
        }
        return fields.joined(separator: "\n") + "\n"
    }
}
