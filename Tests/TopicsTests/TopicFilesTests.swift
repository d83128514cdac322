import EventLog
import Foundation
import Testing
import Topics

/// What a file of `topics/` says, read as the few lines that it is.
private func settings(of file: URL) throws -> [String: String] {
    var settings: [String: String] = [:]
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        let parts = line.split(separator: ":", maxSplits: 1).map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        if parts.count == 2 { settings[parts[0]] = parts[1] }
    }
    return settings
}

@Test func `the topics in code and in files are the same, both ways`() throws {
    let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "topics")
    let files = try FileManager.default.contentsOfDirectory(
        at: folder, includingPropertiesForKeys: nil
    ).filter { $0.pathExtension == "yaml" }
    let inCode =
        Topics.sources(partitions: Topics.defaultPartitions)
        + Topics.derived(.first, partitions: Topics.defaultPartitions)
    var inFiles: [String] = []
    for file in files {
        let settings = try settings(of: file)
        let name = try #require(settings["topicName"]).replacing("vN", with: "v1")
        inFiles.append(name)
        let topic = try #require(
            inCode.first { $0.name.rawValue == name }, "\(name) is not in code")
        #expect(settings["partitions"] == "\(topic.partitions)", "\(name)")
        #expect(settings["cleanup.policy"] == (topic.isCompacted ? "compact" : "delete"), "\(name)")
        #expect(
            settings["retention.ms"] == (topic.isCompacted ? nil : "-1"),
            "\(name): nothing goes unless the operator decides so")
        #expect(topic.retentionMilliseconds == nil)
    }
    #expect(inFiles.sorted() == inCode.map(\.name.rawValue).sorted())
}
