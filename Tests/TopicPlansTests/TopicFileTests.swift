import EventLog
import Foundation
import Testing
import TopicFiles
import TopicPlans
import Topics

private let releases = """
    apiVersion: kafka.strimzi.io/v1beta2
    kind: KafkaTopic
    metadata:
      name: releases
      labels:
        strimzi.io/cluster: north
      annotations:
        tacho/cluster-id: aBcD-1
    spec:
      partitions: 1
      replicas: 3
      config:
        cleanup.policy: delete
        retention.ms: -1
        unclean.leader.election.enable: false
        min.insync.replicas: "2"
    """

private let pois = """
    # One a version.
    apiVersion: kafka.strimzi.io/v1
    kind: KafkaTopic
    metadata:
      name: pois.vn
    spec:
      topicName: pois.vN
      partitions: 64
    """

@Test func `a file says what Strimzi would make of it`() throws {
    let file = TopicFile(releases, name: "releases.yaml")
    #expect(file.problems.isEmpty)
    #expect(
        file.definitions == [
            TopicDefinition(
                name: TopicPattern("releases")!, partitions: 1, replicas: 3,
                settings: [
                    "cleanup.policy": "delete", "retention.ms": "-1",
                    "unclean.leader.election.enable": "false", "min.insync.replicas": "2",
                ], clusterID: "aBcD-1", source: "releases.yaml:4")
        ])
}

@Test func `a file has several documents, empty ones and other programs' objects among them`() {
    let other = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization"
    let text = [releases, "", other, "null", pois].joined(separator: "\n---\n")
    let file = TopicFile(text, name: "all.yaml")
    #expect(file.problems.isEmpty)
    #expect(file.definitions.map(\.name.description) == ["releases", "pois.vN"])
    #expect(file.passedOver == ["Kustomization in all.yaml"])
    #expect(file.definitions.last?.replicas == nil)
}

@Test(arguments: [
    ("partitions: 1", "partitions: many", 10, "allowed are 1 to 10000"),
    ("partitions: 1", "partitions: 0", 10, "allowed are 1 to 10000"),
    ("partitions: 1", "partitions: \"1\"", 10, "without quotes"),
    ("partitions: 1", "partitions: [1]", 10, "a list"),
    ("partitions: 1", "partition: 1", 10, "no \"partition\", allowed are config, partitions"),
    ("replicas: 3", "replicas: -1", 11, "allowed are 1 to 1000"),
    ("kind: KafkaTopic", "kind: KafkaTopics", 2, "allowed is KafkaTopic"),
    ("kind: KafkaTopic", "", 1, "kind is missing"),
    ("spec:", "specs:", 9, "no \"specs\", allowed are apiVersion"),
    ("  name: releases", "  name: Releases", 4, "allowed are a-z 0-9"),
    ("  name: releases", "  name: releases\n  name: again", 4, "said twice: name"),
    ("retention.ms: -1", "retention.ms: 7d", 14, "allowed is a whole number"),
    ("retention.ms: -1", "retention.ms:", 14, "is no text, number or truth value"),
    ("cleanup.policy: delete", "cleanup.policy: shred", 13, "allowed are delete, compact"),
    ("cleanup.policy: delete", "cleanup.policy: [delete]", 13, "is no text, number"),
    ("    cleanup.policy: delete", "\tcleanup.policy: delete", 13, "not YAML"),
    ("tacho/cluster-id: aBcD-1", "tacho/cluster-id:", 8, "is no text"),
    ("spec:", "spec: [", 11, "not YAML"),
])
func `what is wrong in a file is named with its line and what is allowed`(
    right: String, wrong: String, line: Int, text: String
) throws {
    let file = TopicFile(releases.replacing(right, with: wrong), name: "bad.yaml")
    #expect(file.definitions.isEmpty)
    let told = file.problems.map(\.description)
    #expect(
        told.contains { $0.contains(text) && $0.hasPrefix("bad.yaml:\(line): ") }, "\(told)")
}

@Test func `a topic a version is named like one in Kubernetes too`() {
    let file = TopicFile(pois.replacing("name: pois.vn", with: "name: pois"), name: "bad.yaml")
    #expect(file.problems.map(\.line) == [5])
}

@Test func `all that is wrong is told at once`() {
    let text =
        releases.replacing("partitions: 1", with: "partitions: 0")
        .replacing("replicas: 3", with: "replicas: x") + "\n---\n"
        + pois.replacing("partitions: 64", with: "")
    #expect(TopicFile(text, name: "bad.yaml").problems.map(\.line) == [10, 11, 24])
}

@Test func `a file for one version is what Strimzi can apply`() throws {
    let text = try TopicFile(releases + "\n---\n" + pois, name: "all.yaml").yaml(for: Version(7)!)
    let file = TopicFile(text, name: "v7.yaml")
    #expect(file.problems.isEmpty)
    #expect(file.definitions.map(\.name.description) == ["releases", "pois.v7"])
    #expect(text.contains("  name: pois.v7\n"))
    #expect(text.contains("    strimzi.io/cluster: north\n"))
    #expect(text.contains("    retention.ms: -1\n"))
    #expect(text.contains("    min.insync.replicas: \"2\"\n"), "a text stays a text")
}

private let fileManager = FileManager.default

/// A folder with these files, for as long as the body runs.
private func folder<Result>(
    _ files: [String: String], _ body: (String) throws -> Result
) throws -> Result {
    let path = fileManager.temporaryDirectory.appending(path: "topics-\(UUID())")
    try fileManager.createDirectory(at: path, withIntermediateDirectories: true)
    defer { _ = try? fileManager.removeItem(at: path) }
    for (name, text) in files {
        try text.write(to: path.appending(path: name), atomically: true, encoding: .utf8)
    }
    return try body(path.path)
}

@Test func `a folder is read by the names of its files, and nothing else in it`() throws {
    try folder(["b.yaml": releases, "a.yml": pois, "c.proto": "not YAML: ["]) { path in
        let definitions = try TopicFolder(path).definitions
        #expect(definitions.map(\.name.description) == ["pois.vN", "releases"])
        #expect(definitions[0].source == "\(path)/a.yml:5")
    }
}

@Test func `a topic in two files is refused with both`() throws {
    try folder(["a.yaml": pois, "b.yaml": pois]) { path in
        let problem = #expect(throws: TopicFolderProblem.self) { try TopicFolder(path) }
        let text = try #require(problem?.description)
        #expect(text.contains("b.yaml:5"))
        #expect(text.contains("also in \(path)/a.yaml:5"))
    }
}

@Test func `a folder without topics, or none at all, is refused by its name`() throws {
    try folder(["c.proto": ""]) { path in
        let problem = #expect(throws: TopicFolderProblem.self) { try TopicFolder(path) }
        #expect(problem?.description.contains(path) == true)
    }
    let problem = #expect(throws: TopicFolderProblem.self) { try TopicFolder("/no/such/folder") }
    #expect(problem?.description.contains("/no/such/folder") == true)
}
