import EventLog
import Foundation
import Testing
import Topics

private let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

private func document() throws -> [String: [String: Any]] {
    let data = try Data(contentsOf: root.appending(path: "docs/asyncapi.json"))
    let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    return try #require(object).compactMapValues { $0 as? [String: Any] }
}

@Suite struct AsyncAPITests {
    @Test func `every topic is in the document as it is made, and nothing else is`() throws {
        let channels = try #require(document()["channels"] as? [String: [String: Any]])
        let topics =
            Topics.sources(partitions: Topics.defaultPartitions)
            + Topics.derived(.first, partitions: Topics.defaultPartitions)
        var described: [String: [String: Any]] = [:]
        for channel in channels.values {
            let address = try #require(channel["address"] as? String)
            described[address.replacing("{version}", with: "1")] = channel
        }
        #expect(described.keys.sorted() == topics.map(\.name.rawValue).sorted())
        for topic in topics {
            let channel = try #require(described[topic.name.rawValue])
            let bindings = channel["bindings"] as? [String: [String: Any]]
            let kafka = try #require(bindings?["kafka"])
            #expect(kafka["partitions"] as? Int == topic.partitions, "\(topic.name)")
            let settings = try #require(kafka["topicConfiguration"] as? [String: Any])
            let policy = [topic.isCompacted ? "compact" : "delete"]
            #expect(settings["cleanup.policy"] as? [String] == policy, "\(topic.name)")
            #expect((channel["messages"] as? [String: Any])?.isEmpty == false, "\(topic.name)")
        }
    }

    @Test func `every message has a key, and a schema that is there`() throws {
        let components = try #require(document()["components"])
        let messages = try #require(components["messages"] as? [String: [String: Any]])
        let schemas = try #require(components["schemas"] as? [String: Any])
        for (name, message) in messages {
            let bindings = message["bindings"] as? [String: [String: Any]]
            #expect(bindings?["kafka"]?["key"] != nil, "\(name)")
            if let headers = (message["headers"] as? [String: String])?["$ref"] {
                #expect(schemas[String(headers.split(separator: "/").last ?? "")] != nil)
            }
            let payload = try #require(message["payload"] as? [String: Any], "\(name)")
            guard let reference = (payload["schema"] as? [String: String])?["$ref"] else {
                continue
            }
            let parts = reference.split(separator: "#").map(String.init)
            let proto = try String(
                contentsOf: root.appending(path: "docs/\(parts[0])").standardized, encoding: .utf8)
            #expect(proto.contains("message \(parts[1]) {"), "\(name): \(reference)")
        }
    }

    @Test func `headers are those that Tacho writes`() throws {
        let components = try #require(document()["components"])
        let schemas = try #require(components["schemas"] as? [String: [String: Any]])
        let described = schemas.values.flatMap {
            ($0["properties"] as? [String: Any])?.keys.map { $0 } ?? []
        }
        for name in DeadLetterHeader.all + [
            TachoHeader.firstUpload, TachoHeader.lastUpload, TachoHeader.lastUploadTime,
            TachoHeader.owner, TachoHeader.state, TachoHeader.base, TachoHeader.redriveOf,
            TachoHeader.redriveDeadLetter, TachoHeader.leftOut,
        ] {
            #expect(described.contains(name), "\(name)")
        }
    }
}
