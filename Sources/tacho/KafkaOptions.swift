import ArgumentParser
import EventLog
import Foundation
import KafkaLog

/// Which Kafka cluster keeps the log, and how to talk to it.
struct KafkaOptions: ParsableArguments {
    @Option(
        help: "Kafka cluster to keep the log on: HOST:PORT, several with commas (TACHO_KAFKA).")
    var kafka: String?

    @Option(
        help: """
            Comes before the name of every topic and group, so that installations can share a \
            cluster (TACHO_KAFKA_PREFIX; empty).
            """)
    var kafkaPrefix: String?

    @Option(
        help: """
            A property of librdkafka, name=value; may be repeated, and comes after those of \
            --kafka-config and of the environment (TACHO_KAFKA_PROPERTIES; separated by ; or, \
            where it has several lines, one a line). Secrets are seen by others in a command \
            line: put them into --kafka-config.
            """)
    var kafkaProperty: [String] = []

    @Option(
        help: """
            File of properties, name=value a line, # before comments, that nobody else may read \
            (TACHO_KAFKA_CONFIG).
            """)
    var kafkaConfig: String?

    @Option(
        help: """
            exactly-once, or at-least-once for clusters without transactions (TACHO_DELIVERY; \
            exactly-once).
            """)
    var delivery: String?

    @Option(
        name: [.customLong("kafka-replicas"), .customLong("replicas")],
        help: """
            Replicas of the topics that are made; a single broker has 1 (TACHO_KAFKA_REPLICAS; as \
            many as the cluster, or the topic's file, says).
            """)
    var kafkaReplicas: Int?

    /// The cluster; nil where none is named.
    ///
    /// - Throws: a usage error, or ``Refused`` where the file cannot be read.
    func options() throws -> KafkaLog.Options? {
        guard let brokers = kafka ?? Environment.text("KAFKA") else {
            let given = kafkaPrefix ?? kafkaConfig ?? kafkaProperty.first ?? delivery
            guard given == nil, kafkaReplicas == nil else {
                throw ValidationError("options of a Kafka cluster need --kafka HOST:PORT")
            }
            return nil
        }
        for broker in brokers.split(separator: ",", omittingEmptySubsequences: false) {
            let colon = broker.lastIndex(of: ":") ?? broker.startIndex
            guard colon > broker.startIndex, Int(broker[broker.index(after: colon)...]) != nil
            else { throw ValidationError("--kafka is \"\(brokers)\", allowed is HOST:PORT,…") }
        }
        var options = KafkaLog.Options(brokers: brokers)
        options.prefix = try prefix()
        options.properties = try properties()
        options.delivery = try promise()
        options.replicas = try replicas() ?? -1
        return options
    }

    /// Replicas asked for, nil where nothing says.
    func replicas() throws -> Int? {
        guard let replicas = try kafkaReplicas ?? Environment.integer("KAFKA_REPLICAS") else {
            return nil
        }
        guard (1...1_000).contains(replicas) else {
            throw ValidationError("--kafka-replicas is \(replicas), allowed are 1 to 1000")
        }
        return replicas
    }

    private func prefix() throws -> String {
        let prefix = kafkaPrefix ?? Environment.text("KAFKA_PREFIX") ?? ""
        guard prefix.isEmpty || (TopicName(prefix) != nil && prefix.utf8.count <= 100) else {
            throw ValidationError(
                """
                --kafka-prefix is "\(prefix)", allowed are up to 100 of A-Z a-z 0-9 . _ -
                """)
        }
        return prefix
    }

    private func promise() throws -> KafkaLog.Delivery {
        guard let name = delivery ?? Environment.text("DELIVERY") else { return .exactlyOnce }
        guard let delivery = KafkaLog.Delivery(rawValue: name) else {
            let names = KafkaLog.Delivery.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--delivery is \"\(name)\", allowed are \(names)")
        }
        return delivery
    }

    /// From the file, then the environment, then the command line: of one name the last counts.
    private func properties() throws -> [KafkaLog.Property] {
        var properties: [KafkaLog.Property] = []
        if let path = kafkaConfig ?? Environment.text("KAFKA_CONFIG") {
            properties += try Self.properties(file: path)
        }
        if let text = Environment.text("KAFKA_PROPERTIES") {
            do {
                properties += try KafkaLog.Property.list(
                    text.contains("\n") ? text : text.replacingOccurrences(of: ";", with: "\n"))
            } catch {
                throw ValidationError(
                    "TACHO_KAFKA_PROPERTIES: property \(error.number) is not name=value")
            }
        }
        for text in kafkaProperty {
            guard let property = KafkaLog.Property(text) else {
                throw ValidationError("a --kafka-property is not name=value")
            }
            properties.append(property)
        }
        return properties
    }

    private static func properties(file path: String) throws -> [KafkaLog.Property] {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw Refused("cannot read --kafka-config \(path): \(error.localizedDescription)")
        }
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        if let mode = mode as? NSNumber, mode.intValue & 0o004 != 0 {
            Terminal.error("warning: everybody can read \(path); chmod 600 it if it holds secrets")
        }
        do {
            return try KafkaLog.Property.list(text)
        } catch {
            throw Refused("\(path):\(error.number): not name=value")
        }
    }
}
