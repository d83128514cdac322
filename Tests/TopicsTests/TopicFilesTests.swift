import EventLog
import Foundation
import Testing
import TopicFiles
import TopicPlans
import Topics

@Test func `the topics in code and in files are the same, both ways`() throws {
    let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "topics")
    let inFiles = try TopicFolder(folder.path).definitions.flatMap { $0.topics(of: [.first]) }
    let inCode =
        Topics.sources(partitions: Topics.defaultPartitions)
        + Topics.derived(.first, partitions: Topics.defaultPartitions)
    #expect(inFiles.map(\.name).sorted() == inCode.map(\.name).sorted())
    for topic in inCode {
        let file = try #require(inFiles.first { $0.name == topic.name })
        #expect(file.partitions == topic.partitions, "\(topic.name)")
        #expect(
            file.settings["cleanup.policy"] == (topic.isCompacted ? "compact" : "delete"),
            "\(topic.name)")
        #expect(
            file.settings["retention.ms"] == "-1",
            "\(topic.name): nothing goes unless the operator decides so")
        #expect(topic.retentionMilliseconds == nil)
    }
}
