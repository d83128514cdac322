import KafkaLog
import Testing

@Test func `a property is read as name=value, whatever the value holds`() {
    #expect(KafkaLog.Property("a.b=c=d") == .init("a.b", "c=d"))
    #expect(KafkaLog.Property("a.b=") == .init("a.b", ""))
    #expect(KafkaLog.Property("a.b") == nil)
    #expect(KafkaLog.Property("=c") == nil)
}

@Test func `properties that hold secrets are known`() {
    for name in [
        "sasl.password", "ssl.key.password", "ssl.key.pem", "sasl.oauthbearer.client.secret",
    ] {
        #expect(KafkaLog.Property(name, "x").isSecret)
    }
    #expect(!KafkaLog.Property("sasl.username", "x").isSecret)
}
