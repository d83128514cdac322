import Testing

@testable import KafkaLog

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

@Test func `a list of properties has comments, empty lines and values with any sign`() throws {
    let text = """
        # how we log in
        sasl.username = ann

        sasl.password=a;b=c#d,e \r
        """
    #expect(
        try KafkaLog.Property.list(text) == [
            .init("sasl.username", "ann"), .init("sasl.password", "a;b=c#d,e"),
        ])
}

@Test func `a line that is no property is told by its number`() {
    for text in ["a=b\n\nhunter2", "a=b\n# c\n = d"] {
        #expect(throws: KafkaLog.Property.NotAProperty(number: 3)) {
            try KafkaLog.Property.list(text)
        }
    }
}
