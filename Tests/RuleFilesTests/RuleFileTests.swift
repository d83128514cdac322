import Foundation
import RandomRules
import RuleFiles
import Scoring
import SeededRandom
import Testing

/// A file of rules that is right, to be damaged.
private let fleet = """
    # Night shift.
    name: fleet-night
    version: 3
    method: manoeuvres
    brake:
      moderateMetersPerSecondSquared: 2.75
      severeMetersPerSecondSquared: 4
      moderateWeightHalves: 2
      severeWeightHalves: 6
    acceleration:
      moderateMetersPerSecondSquared: 2.5
      severeMetersPerSecondSquared: none
      moderateWeightHalves: 2
    corner: none
    releasePercent: 83
    minimumSpeedKilometersPerHour: 10
    limits:
      minimumDistanceMeters: 1000
      minimumDurationSeconds: 60
      minimumCoveragePercent: 50
      maximumGapSeconds: 3
      maximumAccuracyMeters: 100

    """

private func problems(in text: String) -> String {
    do {
        return "none: \(try RuleFile(text, name: "f.yaml").rules)"
    } catch {
        return error.description
    }
}

@Test(arguments: 0..<2_000)
func `any valid rule set comes back from its file`(seed: Int) throws {
    var random = SplitMix(seed: UInt64(seed))
    let rules = RuleSet.random(using: &random)
    #expect(rules.isValid, "seed \(seed)")
    let read = try RuleFile(RuleFile.text(of: rules), name: "seed \(seed)").rules
    #expect(read == rules, "seed \(seed)")
    #expect(read.hash == rules.hash, "seed \(seed)")
}

@Test(arguments: RuleSet.shipped)
func `shipped rules come back from their file with the same hash`(rules: RuleSet) throws {
    let read = try RuleFile(RuleFile.text(of: rules), name: rules.name).rules
    #expect(read == rules)
    #expect(read.hash == rules.hash)
}

@Test func `a file says what its keys say`() throws {
    let rules = try RuleFile(fleet, name: "f.yaml").rules
    var wanted = RuleSet(
        name: "fleet-night", version: 3,
        brake: .init(moderate: 2_750, severe: 4_000),
        acceleration: .init(moderate: 2_500, severe: nil), corner: nil)
    wanted.weights.brake.severe = 6
    #expect(rules == wanted)
}

@Test func `comments, order and notation change no hash`() throws {
    let rules = try RuleFile(fleet, name: "f.yaml").rules
    let other = """
        limits: {maximumAccuracyMeters: 100.00, maximumGapSeconds: 3.0, minimumCoveragePercent: 50,
          minimumDurationSeconds: 60.000, minimumDistanceMeters: 1000}
        minimumSpeedKilometersPerHour: 10.0
        releasePercent: 83   # as everywhere
        corner: none
        acceleration: {moderateWeightHalves: 2, severeMetersPerSecondSquared: none,
          moderateMetersPerSecondSquared: 2.500}
        brake:
          severeWeightHalves: 6
          moderateWeightHalves: 2
          severeMetersPerSecondSquared: 4.0
          moderateMetersPerSecondSquared: 2.75
        method: "manoeuvres"
        version: 3
        name: 'fleet-night'
        """
    #expect(try RuleFile(other, name: "f.yaml").rules.hash == rules.hash)
}

@Test(arguments: [
    ("version: 3", "version: 4"), ("name: fleet-night", "name: fleet-day"),
    ("severeWeightHalves: 6", "severeWeightHalves: 5"),
    ("maximumGapSeconds: 3", "maximumGapSeconds: 3.001"),
    ("releasePercent: 83", "releasePercent: 84"),
    ("moderateMetersPerSecondSquared: 2.75", "moderateMetersPerSecondSquared: 2.749"),
])
func `what a file says changes the hash`(from: String, to: String) throws {
    let text = fleet.replacingOccurrences(of: from, with: to)
    #expect(
        try RuleFile(text, name: "f.yaml").rules.hash != RuleFile(fleet, name: "f.yaml").rules.hash)
}

@Test(arguments: [
    ("name: fleet-night", "name: Fleet Night", "f.yaml:2: name is \"Fleet Night\", allowed are"),
    ("version: 3", "version: three", "f.yaml:3: version is \"three\", allowed are 1 to 10"),
    ("version: 3", "version: 0", "f.yaml:3: version is \"0\""),
    ("version: 3", "version: \"3\"", "without quotes"),
    ("version: 3\n", "", "f.yaml:2: version is missing"),
    (
        "method: manoeuvres", "method: maneuvers",
        "f.yaml:4: method is \"maneuvers\", allowed are mano"
    ),
    ("2.75", "2.7501", "f.yaml:6: brake.moderateMetersPerSecondSquared is \"2.7501\""),
    ("2.75", "4.5", "f.yaml:7: brake.severeMetersPerSecondSquared is 4, allowed are moderate"),
    ("2.75", "30", "allowed are 0.5 to 20 m/s², up to 3 decimals"), ("2.75", "-3", "is \"-3\""),
    ("2.75", "[2]", "f.yaml:6: brake.moderateMetersPerSecondSquared is a list"),
    ("  severeWeightHalves: 6\n", "", "brake.severeWeightHalves is missing"),
    (
        "none\n  moderateWeightHalves: 2",
        "none\n  moderateWeightHalves: 2\n  severeWeightHalves: 4",
        "f.yaml:14: acceleration without severe events has no \"severeWeightHalves\""
    ),
    ("corner: none", "corner: no", "f.yaml:14: corner is \"no\", allowed are keys with val"),
    ("corner: none\n", "", "f.yaml:2: corner is missing"),
    ("releasePercent: 83", "releasePercent: 83%", "f.yaml:15: releasePercent is \"83%\""),
    (
        "releasePercent: 83", "release: 83",
        "f.yaml:15: the file has no \"release\", allowed are name"
    ),
    (
        "maximumGapSeconds: 3", "maximumGapSeconds: 60",
        "maximumGapSeconds is \"60\", allowed are 1 to 10 s"
    ),
    ("limits:", "limits: none\nold:", "f.yaml:17: limits is \"none\", allowed are keys"),
    ("version: 3", "version: 3\nversion: 4", "said twice: version"),
    ("version: 3", "version: [", "not YAML"),
    ("name: fleet-night", "name: strict", "f.yaml:2: strict is the name of rules that ship"),
    ("method: manoeuvres", "method: secondPairs", "a file of method secondPairs has no \"corner\""),
    ("name: fleet-night", "name: x\n---\na: b", "f.yaml:4: a second document"),
])
func `what is wrong is said with its line and what is allowed`(
    from: String, to: String, says: String
) {
    #expect(fleet.contains(from))
    let found = problems(in: fleet.replacingOccurrences(of: from, with: to))
    #expect(found.contains(says), "\(found)")
}

@Test func `everything that is wrong is said at once`() {
    let text = fleet.replacingOccurrences(of: "version: 3", with: "version: x")
        .replacingOccurrences(of: "releasePercent: 83", with: "releasePercent: 1")
    #expect(problems(in: text).split(separator: "\n").count == 2)
}

@Test(arguments: ["", "# nothing\n", "- a\n- b\n", "just text", fleet + "---\n" + fleet, "\u{0}"])
func `what is no file of rules is refused`(text: String) {
    #expect(problems(in: text).hasPrefix("f.yaml:"), "\(problems(in: text))")
}

@Test(arguments: 0..<300)
func `damaged files are refused or read, and end nothing`(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    var bytes = Array(fleet.utf8)
    for _ in 0..<Int.random(in: 1...6, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...127, using: &random)
        case 1: bytes.remove(at: place)
        default: bytes.insert(bytes.randomElement(using: &random) ?? 0, at: place)
        }
    }
    do {
        let rules = try RuleFile(String(decoding: bytes, as: UTF8.self), name: "f").rules
        #expect(rules.isValid, "seed \(seed)")
    } catch {
        #expect(!error.problems.isEmpty, "seed \(seed)")
    }
}

@Test func `a file that is not there, or is no text, is said so`() throws {
    let missing = #expect(throws: RuleFileProblems.self) { try RuleFile(path: "/nowhere/x.yaml") }
    #expect(missing?.description.contains("/nowhere/x.yaml") == true)
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).yaml").path
    try Data([0xff, 0xfe, 0x00]).write(to: URL(filePath: path))
    defer { unlink(path) }
    let binary = #expect(throws: RuleFileProblems.self) { try RuleFile(path: path) }
    #expect(binary?.description.contains("not UTF-8") == true)
}
