internal import Scoring
internal import Yams

/// Makes a rule set of one YAML document, and collects all that is wrong with it.
struct RuleReader {
    private let file: String
    private(set) var problems: [RuleFileProblem] = []

    init(file: String) { self.file = file }

    /// The rule set that the text says; nil only where there are problems.
    mutating func rules(in text: String) -> RuleSet? {
        do {
            let parser = try Parser(yaml: text)
            guard let document = try parser.nextRoot() else {
                say(nil, "the file is empty; tacho rules show default prints one to begin with")
                return nil
            }
            if let second = try parser.nextRoot() {
                say(second, "a second document; a file has one rule set")
            }
            return rules(document)
        } catch {
            problems.append(Self.problem(error, in: file))
            return nil
        }
    }

    private mutating func rules(_ document: Node) -> RuleSet? {
        guard let top = mapping(document, "the file") else { return nil }
        let name = name(top, document)
        let method = method(top, document)
        let ofManoeuvres = ["corner", Quantity.release.key, Quantity.minimumSpeed.key]
        let keys =
            ["name", Quantity.version.key, "method", "brake", "acceleration", "limits"]
            + (method == .secondPairs ? [] : ofManoeuvres)
        allow(keys, in: top, method == .secondPairs ? "a file of method secondPairs" : "the file")
        let version = number(.version, in: top, of: document, path: "")
        let brake = kind("brake", in: top, document)
        let acceleration = kind("acceleration", in: top, document)
        var rules = RuleSet(
            name: name ?? "", version: Int(version ?? 0), method: method ?? .manoeuvres,
            brake: brake?.threshold ?? .init(moderate: 0, severe: nil),
            acceleration: acceleration?.threshold ?? .init(moderate: 0, severe: nil), corner: nil)
        rules.weights.brake = brake?.weight ?? rules.weights.brake
        rules.weights.acceleration = acceleration?.weight ?? rules.weights.acceleration
        if method == .secondPairs {
            rules.releasePercent = 100
            rules.minimumSpeedMetersPerHour = 0
        } else {
            if !isNone(top["corner"]), let corner = kind("corner", in: top, document) {
                rules.corner = corner.threshold
                rules.weights.corner = corner.weight
            }
            rules.releasePercent = Int32(number(.release, in: top, of: document, path: "") ?? 0)
            rules.minimumSpeedMetersPerHour = Int32(
                number(.minimumSpeed, in: top, of: document, path: "") ?? 0)
        }
        rules.limits = limits(top, document)
        rules.weights = rules.weights.counting(rules)
        guard problems.isEmpty else { return nil }
        if rules.takesShippedName {
            say(
                top["name"],
                """
                \(rules.name) is the name of rules that ship with tacho, and these are others; \
                allowed is any name but \(RuleSet.shipped.map(\.name).joined(separator: ", "))
                """)
            return nil
        }
        precondition(rules.isValid, "what was read is checked")
        return rules
    }

    private mutating func name(_ top: Node.Mapping, _ document: Node) -> String? {
        guard let node = value("name", in: top, of: document, path: "") else { return nil }
        guard let text = node.scalar?.string, RuleSet.Bounds.isName(text) else {
            say(
                node,
                """
                name is \(quoted(node)), allowed are a letter a-z, then a-z 0-9 -, \
                up to \(RuleSet.Bounds.nameLength)
                """)
            return nil
        }
        return text
    }

    private mutating func method(_ top: Node.Mapping, _ document: Node) -> RuleSet.Method? {
        guard let node = value("method", in: top, of: document, path: "") else { return nil }
        guard let method = node.scalar.flatMap({ RuleSet.Method(rawValue: $0.string) }) else {
            say(node, "method is \(quoted(node)), allowed are manoeuvres and secondPairs")
            return nil
        }
        return method
    }

    private mutating func kind(
        _ name: String, in top: Node.Mapping, _ document: Node
    ) -> (threshold: RuleSet.Threshold, weight: Weights.Halves)? {
        guard let node = value(name, in: top, of: document, path: ""),
            let part = mapping(node, name, or: name == "corner" ? ", or none" : "")
        else { return nil }
        let hasSevere = !isNone(part[Quantity.severe.key])
        allow(
            [Quantity.moderate.key, Quantity.severe.key, Quantity.moderateWeight.key]
                + (hasSevere ? [Quantity.severeWeight.key] : []),
            in: part, hasSevere ? name : "\(name) without severe events")
        let path = "\(name)."
        let moderate = number(.moderate, in: part, of: node, path: path)
        let moderateWeight = number(.moderateWeight, in: part, of: node, path: path)
        var severe: Int64?
        var weight = Weights.Halves(moderate: Int(moderateWeight ?? 0), severe: 0)
        if hasSevere {
            severe = number(.severe, in: part, of: node, path: path)
            weight.severe = Int(number(.severeWeight, in: part, of: node, path: path) ?? 0)
            if let moderate, let severe, severe < moderate {
                say(
                    part[Quantity.severe.key],
                    """
                    \(path)\(Quantity.severe.key) is \(Quantity.severe.text(severe)), allowed are \
                    \(Quantity.moderate.key) (\(Quantity.moderate.text(moderate))) and more
                    """)
            }
        }
        return moderate.map {
            (.init(moderate: Int32($0), severe: severe.map { Int32($0) }), weight)
        }
    }

    private mutating func limits(_ top: Node.Mapping, _ document: Node) -> Limits {
        var limits = Limits()
        guard let node = value("limits", in: top, of: document, path: ""),
            let part = mapping(node, "limits")
        else { return limits }
        let keys: [Quantity] = [.distance, .duration, .coverage, .gap, .accuracy]
        allow(keys.map(\.key), in: part, "limits")
        let numbers = keys.map { number($0, in: part, of: node, path: "limits.") ?? 0 }
        limits.minimumDistanceMeters = Int(numbers[0])
        limits.minimumDurationMilliseconds = numbers[1]
        limits.minimumCoveragePercent = Int(numbers[2])
        limits.maximumGapMilliseconds = numbers[3]
        limits.maximumAccuracyCentimeters = Int32(numbers[4])
        return limits
    }
}

// MARK: Parts of any document

extension RuleReader {
    private mutating func say(_ node: Node?, _ text: String) {
        problems.append(RuleFileProblem(file: file, line: node?.mark?.line, text: text))
    }

    private mutating func value(
        _ key: String, in part: Node.Mapping, of node: Node, path: String
    ) -> Node? {
        guard let value = part[key] else {
            say(node, "\(path)\(key) is missing")
            return nil
        }
        return value
    }

    private mutating func mapping(
        _ node: Node, _ what: String, or other: String = ""
    ) -> Node.Mapping? {
        guard case .mapping(let mapping) = node else {
            say(node, "\(what) is \(quoted(node)), allowed are keys with values\(other)")
            return nil
        }
        return mapping
    }

    private mutating func number(
        _ quantity: Quantity, in part: Node.Mapping, of node: Node, path: String
    ) -> Int64? {
        guard let node = value(quantity.key, in: part, of: node, path: path) else { return nil }
        guard let scalar = node.scalar, scalar.style == .plain,
            let number = quantity.value(scalar.string)
        else {
            let none = quantity.key == Quantity.severe.key ? ", or none" : ""
            say(
                node,
                """
                \(path)\(quantity.key) is \(quoted(node)), allowed are \
                \(quantity.description)\(none)
                """)
            return nil
        }
        return number
    }

    /// A misspelt key would otherwise mean nothing, and nobody would know.
    private mutating func allow(_ keys: [String], in part: Node.Mapping, _ what: String) {
        for (key, _) in part where !keys.contains(key.scalar?.string ?? "") {
            say(key, "\(what) has no \(quoted(key)), allowed are \(keys.joined(separator: ", "))")
        }
    }

    private func isNone(_ node: Node?) -> Bool {
        node?.scalar.map { $0.style == .plain && $0.string == "none" } ?? false
    }

    /// What is there, for a message.
    private func quoted(_ node: Node) -> String {
        switch node {
        case .scalar(let scalar): "\"\(scalar.string.prefix(100))\""
        case .sequence: "a list"
        case .mapping: "keys with values"
        case .alias: "an alias"
        }
    }

    private static func problem(_ error: any Error, in file: String) -> RuleFileProblem {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let during = context.map { " \($0.text)" } ?? ""
            return RuleFileProblem(
                file: file, line: mark.line, text: "not YAML:\(during) \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            return RuleFileProblem(
                file: file, line: context.mark.line,
                text: "said twice: \(keys.sorted().joined(separator: ", "))")
        default: return RuleFileProblem(file: file, text: "not YAML: \(error)")
        }
    }
}
