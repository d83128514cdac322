internal import CRdkafka
import EventLog
import Logging
import Synchronization

/// What librdkafka calls back with; each on the thread that polls the client.
final class ClientCallbacks: Sendable {
    /// A record was delivered, or was not; the pointer is what ``Handle/produce`` was given.
    let delivered: (@Sendable (UnsafePointer<rd_kafka_message_t>) -> Void)?
    /// Partitions come or go.
    let rebalanced:
        (
            @Sendable (
                rd_kafka_resp_err_t, UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
            ) -> Void
        )?
    /// The last thing that went wrong with the connections.
    private let trouble = Mutex<String?>(nil)
    let logger = Logger(label: "tacho.kafka")
    /// Whether errors are expected and only noted in detail logs.
    let isQuiet: Bool

    init(
        delivered: (@Sendable (UnsafePointer<rd_kafka_message_t>) -> Void)? = nil,
        rebalanced: (
            @Sendable (
                rd_kafka_resp_err_t, UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
            ) -> Void
        )? = nil, isQuiet: Bool = false
    ) {
        self.isQuiet = isQuiet
        self.delivered = delivered
        self.rebalanced = rebalanced
    }

    var lastTrouble: String? { trouble.withLock { $0 } }

    func note(trouble text: String) { trouble.withLock { $0 = text } }

    static func of(_ raw: OpaquePointer?) -> ClientCallbacks? {
        guard let raw, let opaque = rd_kafka_opaque(raw) else { return nil }
        return of(opaque)
    }

    static func of(_ opaque: UnsafeMutableRawPointer?) -> ClientCallbacks? {
        guard let opaque else { return nil }
        return Unmanaged<ClientCallbacks>.fromOpaque(opaque).takeUnretainedValue()
    }
}

/// One client of librdkafka.
///
/// `@unchecked Sendable` because librdkafka's own locks guard what the pointer leads to.
final class Handle: @unchecked Sendable {
    let raw: OpaquePointer
    let callbacks: ClientCallbacks
    private let topics = Mutex<[String: OpaquePointer]>([:])
    private let isAbandoned = Atomic(false)

    /// Makes a client; connects in the background.
    ///
    /// - Throws: `unusable` for a property that librdkafka refuses.
    init(
        _ type: rd_kafka_type_t, _ properties: [KafkaLog.Property],
        callbacks: ClientCallbacks = ClientCallbacks()
    ) throws(LogError) {
        guard let conf = rd_kafka_conf_new() else { throw .unusable(reason: "out of memory") }
        do {
            for property in properties { try Self.set(property, in: conf) }
        } catch {
            rd_kafka_conf_destroy(conf)
            throw error
        }
        self.callbacks = callbacks
        rd_kafka_conf_set_opaque(conf, Unmanaged.passUnretained(callbacks).toOpaque())
        Self.setCallbacks(conf, callbacks)
        var message = [CChar](repeating: 0, count: 512)
        guard let raw = rd_kafka_new(type, conf, &message, message.count) else {
            rd_kafka_conf_destroy(conf)
            throw .unusable(reason: text(message))
        }
        self.raw = raw
        if type == RD_KAFKA_CONSUMER { rd_kafka_poll_set_consumer(raw) }
    }

    deinit {
        for topic in topics.withLock({ $0 }).values { rd_kafka_topic_destroy(topic) }
        if !isAbandoned.load(ordering: .acquiring) { rd_kafka_destroy(raw) }
    }

    /// Gives up a consumer that is closed and was never assigned anything: before librdkafka 2.3
    /// destroying it ends the program where it had joined and waited for its first assignment
    /// (its issue 4312). What it holds stays until the program ends.
    func abandonUnassigned() {
        guard rd_kafka_version() < 0x02_03_00_00,
            !isAbandoned.exchange(true, ordering: .acquiringAndReleasing)
        else { return }
        // Its threads go on, and call back.
        _ = Unmanaged.passRetained(callbacks)
    }

    /// The handle of a topic; made once.
    func topic(_ wire: String) -> OpaquePointer? {
        topics.withLock { topics in
            if let known = topics[wire] { return known }
            let topic = rd_kafka_topic_new(raw, wire, nil)
            topics[wire] = topic
            return topic
        }
    }

    /// The error after which this client is of no use, or nil.
    var fatal: (failure: Failure, text: String)? {
        var message = [CChar](repeating: 0, count: 512)
        let code = rd_kafka_fatal_error(raw, &message, message.count)
        return code == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : (Failure(code), text(message))
    }

    private static func set(
        _ property: KafkaLog.Property, in conf: OpaquePointer
    ) throws(LogError) {
        var message = [CChar](repeating: 0, count: 512)
        guard
            rd_kafka_conf_set(conf, property.name, property.value, &message, message.count)
                != RD_KAFKA_CONF_OK
        else { return }
        let why = property.isSecret ? "the value is not taken" : text(message)
        throw .unusable(reason: "Kafka property \(property.name): \(why)")
    }

    private static func setCallbacks(_ conf: OpaquePointer, _ callbacks: ClientCallbacks) {
        if callbacks.delivered != nil {
            rd_kafka_conf_set_dr_msg_cb(conf) { _, message, opaque in
                guard let message else { return }
                ClientCallbacks.of(opaque)?.delivered?(message)
            }
        }
        if callbacks.rebalanced != nil {
            rd_kafka_conf_set_rebalance_cb(conf) { _, what, partitions, opaque in
                guard let partitions else { return }
                ClientCallbacks.of(opaque)?.rebalanced?(what, partitions)
            }
        }
        rd_kafka_conf_set_error_cb(conf) { _, _, reason, opaque in
            guard let reason else { return }
            ClientCallbacks.of(opaque)?.note(trouble: String(cString: reason))
        }
        rd_kafka_conf_set_log_cb(conf) { raw, level, facility, line in
            guard let callbacks = ClientCallbacks.of(raw), let line else { return }
            let facility = facility.map { String(cString: $0) } ?? ""
            // Says that a property of the other kind of client is passed over.
            guard facility != "CONFWARN" else { return }
            // Connections that fail are told by whoever needed them, with what came of it.
            let isPassing = level > 3 || facility == "FAIL"
            callbacks.logger.log(
                level: callbacks.isQuiet || level > 5 ? .debug : isPassing ? .info : .warning,
                "\(String(cString: line))", metadata: ["facility": "\(facility)"])
        }
    }
}

/// The text of a C buffer.
func text(_ buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
