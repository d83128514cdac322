internal import EventLog
public import TopicPlans
public import Topics
internal import Yams

/// One file of topics, in the shape of Strimzi's `KafkaTopic`; may have several documents.
public struct TopicFile {
    /// What it defines, in its order.
    public private(set) var definitions: [TopicDefinition] = []
    /// Other Kubernetes objects in it, which are passed over: `Kustomization in a.yaml`.
    public private(set) var passedOver: [String] = []
    /// What is wrong with it; where anything is, ``definitions`` lacks that document.
    public private(set) var problems: [TopicFileProblem] = []
    private var documents: [Node] = []

    /// Reads the text of a file.
    ///
    /// - Parameter name: what the file is called in messages.
    public init(_ text: String, name: String) {
        var documents = Documents(text, name: name)
        while let document = documents.next() { add(document, of: name) }
        problems += documents.problem.map { [$0] } ?? []
        problems.sort { ($0.line ?? 0) < ($1.line ?? 0) }
    }

    /// The same file for one version: `vN`, in names, has become the version.
    public func yaml(for version: Version) throws -> String {
        try Yams.serialize(nodes: documents.map { $0.naming(version) }, explicitStart: true)
    }

    private mutating func add(_ document: Node, of name: String) {
        var reader = DocumentReader(file: name)
        switch reader.read(document) {
        case .topic(let definition):
            definitions.append(definition)
            documents.append(document)
        case .other(let kind): passedOver.append("\(kind) in \(name)")
        case .nothing: break
        }
        problems += reader.problems
    }
}

extension Node {
    /// The topic of one version where this is the topic of each.
    fileprivate func naming(_ version: Version) -> Node {
        guard let pattern = self["spec"]?["topicName"]?.string.flatMap({ TopicPattern($0) }),
            pattern.isPerVersion, let name = self["metadata"]?["name"]?.string
        else { return self }
        var document = self
        document["spec"]?["topicName"] = Node(pattern.name(for: version).rawValue)
        document["metadata"]?["name"] = Node("\(name.dropLast(2))\(version)")
        return document
    }
}
