import EventLog
import Synchronization
import Threads

/// Appends several records all or none: one transaction a call.
final class BatchAppender: Sendable {
    private let options: KafkaLog.Options
    private let properties: ClientProperties
    private let name: String
    private let threads = WorkerThreads(count: 1)
    private let producer = Mutex<OutputProducer?>(nil)

    init(_ options: KafkaLog.Options, _ properties: ClientProperties) {
        self.options = options
        self.properties = properties
        // Nobody is to be fenced by it: no two processes share the name.
        name = "append." + String(UInt64.random(in: 0 ... .max), radix: 36)
    }

    func append(_ records: [NewRecord]) async throws(LogError) -> [Position] {
        let answer: Result<[Position], LogError>? = await threads.run { [self] in
            do throws(LogError) {
                return .success(try commit(records))
            } catch {
                return .failure(error)
            }
        }
        guard let answer else { throw .unavailable(reason: "the log is closed") }
        return try answer.get()
    }

    func close() async {
        threads.stop()
        await threads.join()
        producer.withLock { $0 = nil }
    }

    private func commit(_ records: [NewRecord]) throws(LogError) -> [Position] {
        let known = producer.withLock { $0 }
        let used: OutputProducer
        if let known {
            used = known
        } else {
            used = try OutputProducer(name: name, options, properties)
            producer.withLock { $0 = used }
        }
        do throws(CommitFailure) {
            let offsets = try used.commit(outputs: records, offsets: [:], of: nil)
            return zip(records, offsets).map { Position($0.topicPartition, offset: $1) }
        } catch {
            switch error {
            case .aborted(let reason): throw .unavailable(reason: reason)
            case .unknown(let reason), .fenced(let reason):
                producer.withLock { $0 = nil }
                throw .unavailable(reason: reason)
            }
        }
    }
}
