import Foundation
import Pipeline
import RandomRules
import Scoring
import SeededRandom
import Testing
import Topics

@Test(arguments: 0..<500)
func `any valid rule set comes back from its release`(seed: Int) throws {
    var random = SplitMix(seed: UInt64(seed))
    let rules = RuleSet.random(using: &random)
    let bytes = Topics.releases.encode(release(of: rules))
    #expect(RuleMessage.rules(of: try Topics.releases.decode(bytes)) == rules, "seed \(seed)")
}

@Test func `a release from before rules were carried has none`() throws {
    let bytes = try hex("release-1.0")
    let release = try Topics.releases.decode(bytes)
    #expect(release.rulesName == "default" && release.why == "because")
    #expect(RuleMessage.rules(of: release) == nil)
    #expect(Topics.releases.encode(release) == bytes)
}

@Test func `a release with its rules keeps its bytes`() throws {
    let bytes = try hex("release-1.1")
    #expect(Topics.releases.encode(release(of: .strict)) == bytes)
    #expect(RuleMessage.rules(of: try Topics.releases.decode(bytes)) == .strict)
}

@Test func `rules that cannot be are none`() {
    var impossible = release(of: .standard)
    impossible.rules.releasePercent = 0
    #expect(RuleMessage.rules(of: impossible) == nil)
    var unknown = release(of: .standard)
    unknown.rules.method = .UNRECOGNIZED(7)
    #expect(RuleMessage.rules(of: unknown) == nil)
}

private func release(of rules: RuleSet) -> Tacho_V1_Release {
    var release = Tacho_V1_Release()
    release.version = 1
    release.step = .promoted
    release.rulesName = rules.name
    release.rulesVersion = UInt32(rules.version)
    release.rulesHash = "0123456789abcdef"
    release.resultsRevision = 1
    release.follows = -1
    release.by = "a test"
    release.why = "because"
    release.rules = RuleMessage.compose(rules)
    return release
}

private func hex(_ name: String) throws -> [UInt8] {
    let url = try #require(Bundle.module.url(forResource: "Golden/\(name)", withExtension: "hex"))
    let text = try String(contentsOf: url, encoding: .utf8).filter(\.isHexDigit)
    return stride(from: 0, to: text.count, by: 2).compactMap { place in
        let start = text.index(text.startIndex, offsetBy: place)
        return UInt8(text[start..<text.index(start, offsetBy: 2)], radix: 16)
    }
}
