import Foundation
import HTTPTypes
import Testing
import Trips
import Web

@testable import Gateway

struct PointParserFuzzTests {
    private let reference = ReferenceReader(latest: testNow + PointLimits.aheadMilliseconds)

    /// What the product made of each point, in order.
    private func verdicts(_ body: UploadBody, prefix: String) -> [ReferenceReader.Verdict] {
        let rejected = Dictionary(uniqueKeysWithValues: body.rejected.kept.map { ($0.index, $0) })
        let dropped = Dictionary(grouping: body.warnings.kept, by: \.index)
        var points = body.points[...]
        return (0..<(points.count + rejected.count)).map { index in
            if let remark = rejected[index] {
                let name = remark.pointer.dropFirst("\(prefix)/\(index)".count + 1)
                return .rejected(name.isEmpty ? nil : String(name))
            }
            let names = dropped[index, default: []].map {
                String($0.pointer.dropFirst("\(prefix)/\(index)/".count))
            }
            return .taken(points.removeFirst(), dropped: Set(names))
        }
    }

    @Test(arguments: UInt64(0)..<4)
    func `bodies are read as the reference reads them`(part: UInt64) throws {
        var bad = 0
        var points = 0
        for seed in (part * 5_000)..<((part + 1) * 5_000) {
            var generator = BodyGenerator(seed: seed)
            let bytes = generator.body()
            let text = String(decoding: bytes, as: UTF8.self)
            // The reference's numbers end where those of Decimal do.
            let usual = text.replacing("1e100", with: "")
            if usual.contains(/[0-9]e[+-]?[0-9]{3}/.ignoresCase()) { continue }
            let expected = try? JSONDecoder().decode(ReferenceReader.Value.self, from: Data(bytes))
            do throws(Problem) {
                let body = try read(bytes: bytes)
                guard case .object(let members)? = expected,
                    case .array(let values)? = members["points"]
                else {
                    Issue.record("seed \(seed): taken, but bad: \(text)")
                    continue
                }
                let verdicts = verdicts(body, prefix: "/points")
                points += verdicts.count
                guard verdicts == values.map(reference.verdict) else {
                    Issue.record("seed \(seed): \(verdicts) from \(text)")
                    continue
                }
            } catch {
                bad += 1
                if error.status == .badRequest {
                    // The reference lets a comma stand before a closing bracket.
                    guard expected != nil, !text.contains(/,\s*[}\]]/) else { continue }
                    Issue.record("seed \(seed): \(error.detail) of \(text)")
                } else if case .object(let members)? = expected, case .array? = members["points"],
                    !"/userId /name /vin".contains(error.pointer ?? "none")
                {
                    Issue.record("seed \(seed): \(error.detail) of \(text)")
                }
            }
        }
        // The generator is to reach both sides.
        #expect(bad > 750 && points > 3_750, "\(bad) bad bodies, \(points) points")
    }

    @Test func `lines are read as bodies of one point`() throws {
        for seed in UInt64(0)..<2_000 {
            var generator = BodyGenerator(seed: seed)
            let lines = generator.lines().map { $0.filter { !$0.isNewline } }
            let body = try read(lines.joined(separator: "\n"), as: .lines)
            let single = try lines.flatMap { line in
                verdicts(try read(#"{"points":[\#(line)]}"#), prefix: "/points")
            }
            #expect(verdicts(body, prefix: "") == single, "seed \(seed)")
        }
    }
}
