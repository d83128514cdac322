import EventLog
import KafkaBroker
import KafkaLog
import LogConformance
import Testing

@Suite(.serialized) struct ConformanceTests {
    @Test(arguments: LogConformance.checks)
    func `keeps what every engine promises`(check: LogCheck) async throws {
        var options = KafkaLog.Options(brokers: try Broker.shared().addresses)
        options.prefix = Broker.prefix()
        let log = try KafkaLog(options: options)
        try await check.run(
            LogUnderTest(
                log: log, openAgain: { [options] in try KafkaLog(options: options) },
                setTime: nil,
                appendAt: { [options] time, record in
                    let source = record.topicPartition
                    try Broker.append(
                        record.value ?? [], to: options.prefix + source.topic.rawValue,
                        partition: source.partition, at: time)
                },
                allowsSeveralMembers: true, recordLimit: options.recordBytes))
        await log.close()
    }
}
