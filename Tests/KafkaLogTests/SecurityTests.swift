import EventLog
import KafkaBroker
import KafkaLog
import Testing

/// How clients say who they are, as far as a server can tell without a cluster.
@Suite(.timeLimit(.minutes(1))) struct SecurityTests {
    @Test(arguments: [
        (
            "OAUTHBEARER",
            [
                "enable.sasl.oauthbearer.unsecure.jwt=true",
                "sasl.oauthbearer.config=principal=tacho",
            ], "auth=Bearer "
        ),
        ("PLAIN", ["sasl.username=ann", "sasl.password=secret"], "\0ann\0secret"),
        ("SCRAM-SHA-256", ["sasl.username=ann", "sasl.password=secret"], "n,,n=ann,r="),
    ])
    func `a client that nobody polls tells who it is`(
        mechanism: String, properties: [String], token: String
    ) async throws {
        let listener = try SASLListener(mechanism: mechanism)
        var options = KafkaLog.Options(brokers: listener.address)
        options.requestTimeout = .seconds(3)
        let texts = ["security.protocol=sasl_plaintext", "sasl.mechanisms=\(mechanism)"]
        options.properties = try (texts + properties).map { try #require(KafkaLog.Property($0)) }
        let log = try KafkaLog(options: options)
        await #expect(throws: LogError.self) { try await log.topics() }
        #expect(listener.told.contains { $0.contains(token) }, "\(listener.told)")
        await log.close()
    }

    @Test(arguments: ["ssl.key.pem=hunter2", "ssl.certificate.pem=hunter2"])
    func `a secret that is not taken is not printed`(text: String) throws {
        var options = KafkaLog.Options(brokers: "localhost:1")
        options.properties = try ["security.protocol=ssl", text].map {
            try #require(KafkaLog.Property($0))
        }
        do throws(LogError) {
            _ = try KafkaLog(options: options)
            Issue.record("it was taken")
        } catch {
            #expect(!"\(error)".contains("hunter2"))
        }
    }
}
