internal import Foundation
public import Scoring
internal import Yams

/// A rule set as a YAML file.
///
/// Every key must be there, and no other; ``text(of:)`` writes one. What counts is what it says:
/// comments, order and notation leave ``RuleSet/hash`` as it is.
public struct RuleFile {
    /// What the file says; always valid, and of a shipped name only where it is the shipped one.
    public let rules: RuleSet

    /// Reads the text of a file.
    ///
    /// - Parameter name: what the file is called in messages.
    /// - Throws: all that is wrong with it.
    public init(_ text: String, name: String) throws(RuleFileProblems) {
        var reader = RuleReader(file: name)
        guard let rules = reader.rules(in: text), reader.problems.isEmpty else {
            throw RuleFileProblems(
                problems: reader.problems.sorted { ($0.line ?? 0) < ($1.line ?? 0) })
        }
        self.rules = rules
    }

    /// Reads a file.
    ///
    /// - Throws: all that is wrong with it, also where it cannot be read.
    public init(path: String) throws(RuleFileProblems) {
        let text: String
        do {
            let data = try Data(contentsOf: URL(filePath: path))
            guard data.count <= Self.longest else {
                throw RuleFileProblem(
                    file: path, text: "\(data.count) bytes, allowed are up to \(Self.longest)")
            }
            guard let decoded = String(data: data, encoding: .utf8) else {
                throw RuleFileProblem(file: path, text: "not UTF-8")
            }
            text = decoded
        } catch let problem as RuleFileProblem {
            throw RuleFileProblems(problems: [problem])
        } catch {
            throw RuleFileProblems(
                problems: [RuleFileProblem(file: path, text: error.localizedDescription)])
        }
        try self.init(text, name: path)
    }

    /// Bytes of a file that is read.
    private static let longest = 1 << 20

    /// The file that says this.
    ///
    /// - Precondition: the rule set is valid.
    public static func text(of rules: RuleSet) -> String {
        precondition(rules.isValid, "rules \(rules.name) are not valid")
        let isManoeuvres = rules.method == .manoeuvres
        var lines = [
            "name: \(rules.name)",
            line(.version, rules.version),
            "method: \(rules.method.rawValue)",
        ]
        lines += section("brake", rules.brake, rules.weights.brake)
        lines += section("acceleration", rules.acceleration, rules.weights.acceleration)
        if isManoeuvres {
            lines +=
                rules.corner.map { section("corner", $0, rules.weights.corner) } ?? ["corner: none"]
            lines.append(line(.release, rules.releasePercent))
            lines.append(line(.minimumSpeed, rules.minimumSpeedMetersPerHour))
        }
        let limits = rules.limits
        lines += [
            "limits:",
            "  " + line(.distance, limits.minimumDistanceMeters),
            "  " + line(.duration, limits.minimumDurationMilliseconds),
            "  " + line(.coverage, limits.minimumCoveragePercent),
            "  " + line(.gap, limits.maximumGapMilliseconds),
            "  " + line(.accuracy, limits.maximumAccuracyCentimeters),
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func section(
        _ name: String, _ threshold: RuleSet.Threshold, _ weight: Weights.Halves
    ) -> [String] {
        var lines = ["\(name):", "  " + line(.moderate, threshold.moderate)]
        if let severe = threshold.severe {
            lines.append("  " + line(.severe, severe))
        } else {
            lines.append("  \(Quantity.severe.key): none")
        }
        lines.append("  " + line(.moderateWeight, weight.moderate))
        if threshold.severe != nil { lines.append("  " + line(.severeWeight, weight.severe)) }
        return lines
    }

    private static func line(_ quantity: Quantity, _ value: some BinaryInteger) -> String {
        "\(quantity.key): \(quantity.text(Int64(value)))"
    }
}
