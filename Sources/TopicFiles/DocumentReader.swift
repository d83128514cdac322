internal import EventLog
internal import TopicPlans
internal import Yams

/// Makes a definition of one document, and collects all that is wrong with it.
struct DocumentReader {
    /// What a document turns out to be.
    enum Outcome {
        case topic(TopicDefinition)
        /// Another program's object, of this kind.
        case other(String)
        /// Empty, or with problems.
        case nothing
    }

    let file: String
    private(set) var problems: [TopicFileProblem] = []

    init(file: String) { self.file = file }

    mutating func read(_ document: Node) -> Outcome {
        if isNothing(document) { return .nothing }
        guard let top = mapping(document, "a document") else { return .nothing }
        let group = text(top, "apiVersion", of: document)
        let kind = text(top, "kind", of: document)
        guard let group, let kind else { return .nothing }
        guard group.hasPrefix(Self.group) else { return .other(kind) }
        guard kind == Self.kind else {
            say(top["kind"], "kind is \"\(kind)\", allowed is \(Self.kind)")
            return .nothing
        }
        allow(["apiVersion", "kind", "metadata", "spec", "status"], in: top, "the document")
        let metadata = part("metadata", of: top, document)
        let spec = part("spec", of: top, document)
        guard let metadata, let spec else { return .nothing }
        let definition = definition(metadata, spec)
        return problems.isEmpty ? definition.map { .topic($0) } ?? .nothing : .nothing
    }

    private mutating func definition(
        _ metadata: Node.Mapping, _ spec: Node.Mapping
    ) -> TopicDefinition? {
        allow(["config", "partitions", "replicas", "topicName"], in: spec, "spec")
        let name = name(metadata, spec)
        let partitions = number("partitions", in: spec, 1...10_000)
        if spec["partitions"] == nil {
            say(.mapping(spec), "spec.partitions is missing, allowed are 1 to 10000")
        }
        let replicas = number("replicas", in: spec, 1...1_000)
        let settings = settings(of: spec)
        var cluster: String?
        if let annotations = metadata["annotations"].flatMap({ mapping($0, "annotations") }),
            annotations[Self.clusterAnnotation] != nil
        {
            cluster = text(annotations, Self.clusterAnnotation, of: .mapping(annotations))
        }
        guard let name, let partitions else { return nil }
        return TopicDefinition(
            name: name, partitions: partitions, replicas: replicas, settings: settings,
            clusterID: cluster, source: metadata.mark.map { "\(file):\($0.line)" } ?? file)
    }

    /// The topic's name is `topicName`, else the object's own.
    private mutating func name(
        _ metadata: Node.Mapping, _ spec: Node.Mapping
    ) -> TopicPattern? {
        guard let object = text(metadata, "name", of: .mapping(metadata)) else { return nil }
        if object.contains(/^[^a-z0-9]|[^a-z0-9.\-]|[^a-z0-9]$/) || object.utf8.count > 253 {
            say(
                metadata["name"],
                "metadata.name is \"\(object)\", allowed are a-z 0-9 . - and no other at either end"
            )
        }
        let node = spec["topicName"]
        guard let text = node == nil ? object : text(spec, "topicName", of: .mapping(spec)) else {
            return nil
        }
        guard let pattern = TopicPattern(text) else {
            say(
                node,
                """
                topicName is "\(text)", allowed are up to 249 of A-Z a-z 0-9 . _ -, and up to 244 \
                before .vN
                """)
            return nil
        }
        if pattern.isPerVersion, !object.hasSuffix(".vn") {
            say(
                metadata["name"],
                "metadata.name is \"\(object)\", and of a topic a version it ends with .vn")
        }
        return pattern
    }

    private mutating func settings(of spec: Node.Mapping) -> [String: String] {
        guard let node = spec["config"], let config = mapping(node, "spec.config") else {
            return [:]
        }
        var settings: [String: String] = [:]
        for (key, value) in config {
            guard let name = key.scalar?.string, let text = scalar(value), !isNothing(value) else {
                say(value, "config \(key.scalar?.string ?? "?") is no text, number or truth value")
                continue
            }
            settings[name] = text
        }
        for name in ["retention.ms", "retention.bytes", "min.insync.replicas"] {
            guard let text = settings[name], Int64(text) == nil else { continue }
            say(config[name], "\(name) is \"\(text)\", allowed is a whole number")
        }
        if let policy = settings["cleanup.policy"],
            !["compact", "delete", "compact,delete", "delete,compact"].contains(
                policy.filter { $0 != " " })
        {
            say(
                config["cleanup.policy"],
                "cleanup.policy is \"\(policy)\", allowed are delete, compact and compact,delete")
        }
        return settings
    }

    // MARK: Parts of any document

    private mutating func say(_ node: Node?, _ text: String) {
        problems.append(TopicFileProblem(file: file, line: node?.mark?.line, text: text))
    }

    private mutating func mapping(_ node: Node, _ what: String) -> Node.Mapping? {
        guard case .mapping(let mapping) = node else {
            say(node, "\(what) has no keys and values")
            return nil
        }
        return mapping
    }

    private mutating func part(
        _ key: String, of top: Node.Mapping, _ document: Node
    ) -> Node.Mapping? {
        guard let node = top[key] else {
            say(document, "\(key) is missing")
            return nil
        }
        return mapping(node, key)
    }

    private mutating func text(
        _ parent: Node.Mapping, _ key: String, of node: Node
    ) -> String? {
        guard let value = parent[key] else {
            say(node, "\(key) is missing")
            return nil
        }
        guard let text = scalar(value), !isNothing(value) else {
            say(value, "\(key) is no text")
            return nil
        }
        return text
    }

    private mutating func number(
        _ key: String, in spec: Node.Mapping, _ allowed: ClosedRange<Int>
    ) -> Int? {
        guard let node = spec[key] else { return nil }
        guard let number = scalar(node).flatMap({ Int($0) }), allowed.contains(number),
            node.scalar?.style == .plain
        else {
            say(
                node,
                """
                spec.\(key) is "\(scalar(node) ?? "a list")", allowed are \
                \(allowed.lowerBound) to \(allowed.upperBound), without quotes
                """)
            return nil
        }
        return number
    }

    /// A misspelt key would otherwise mean nothing, and nobody would know.
    private mutating func allow(_ keys: Set<String>, in parent: Node.Mapping, _ what: String) {
        for (key, _) in parent where !keys.contains(key.scalar?.string ?? "") {
            say(
                key,
                """
                \(what) has no "\(key.scalar?.string ?? "?")", allowed are \
                \(keys.sorted().joined(separator: ", "))
                """)
        }
    }

    private func isNothing(_ node: Node) -> Bool {
        guard case .scalar(let scalar) = node else { return false }
        return scalar.style == .plain && ["", "~", "null"].contains(scalar.string)
    }

    private func scalar(_ node: Node) -> String? {
        guard case .scalar(let scalar) = node else { return nil }
        return scalar.string
    }

    static let group = "kafka.strimzi.io/"
    static let kind = "KafkaTopic"
    /// On an object: the only cluster that it may be applied to.
    static let clusterAnnotation = "tacho/cluster-id"
}
