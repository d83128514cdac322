import EventLog
import KafkaBroker
import KafkaLog
import Testing

@Test func `a cluster whose transactions isolate is found to be one`() async throws {
    var options = KafkaLog.Options(brokers: try Broker.shared().addresses)
    options.prefix = Broker.prefix()
    let log = try KafkaLog(options: options)
    let found = try await log.compatibility()
    #expect(found.isolatesTransactions && found.fencesProducers)
    #expect(found.shortcomings.isEmpty)
    await log.close()
}
