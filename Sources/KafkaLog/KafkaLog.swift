public import EventLog
import Threads

/// The log on a Kafka cluster.
public final class KafkaLog: Sendable {
    let options: Options
    let names: Names

    /// Opens the log of these options.
    public init(options: Options) throws(LogError) {
        self.options = options
        names = Names(prefix: options.prefix)
    }
}
