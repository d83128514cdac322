internal import CRdkafka
import EventLog
import Glibc

/// A cluster's administration; every method blocks, at most ``timeout`` a request.
struct Admin {
    let handle: Handle
    let names: Names
    let timeout: Duration

    /// Puts one question to the admin API and reads its answer while it lasts.
    func ask<Answer>(
        _ subject: String, _ operation: rd_kafka_admin_op_t,
        _ question: (_ options: OpaquePointer?, _ queue: OpaquePointer) -> Void,
        answer: (OpaquePointer) throws(AdminFailure) -> Answer
    ) throws(AdminFailure) -> Answer {
        guard let queue = rd_kafka_queue_new(handle.raw) else {
            throw AdminFailure(subject, RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE)
        }
        defer { rd_kafka_queue_destroy(queue) }
        let options = rd_kafka_AdminOptions_new(handle.raw, operation)
        defer { if let options { rd_kafka_AdminOptions_destroy(options) } }
        try set(timeout, on: options, of: operation, subject)
        question(options, queue)
        // The answer comes by itself, at the latest as a timeout.
        var event: OpaquePointer?
        while event == nil { event = rd_kafka_queue_poll(queue, 1_000) }
        guard let event else { throw AdminFailure(subject, RD_KAFKA_RESP_ERR__TIMED_OUT) }
        defer { rd_kafka_event_destroy(event) }
        let code = rd_kafka_event_error(event)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw failure(subject, code, rd_kafka_event_error_string(event))
        }
        return try answer(event)
    }

    /// Identifies the cluster.
    func clusterID() throws(AdminFailure) -> String {
        // Asked while waiting for a cluster: who waits is to be told soon why.
        guard let id = rd_kafka_clusterid(handle.raw, min(milliseconds, 2_000)) else {
            throw failure("the cluster's id", RD_KAFKA_RESP_ERR__TIMED_OUT)
        }
        defer { rd_kafka_mem_free(handle.raw, id) }
        return String(cString: id)
    }

    /// The broker that administers, by its number.
    func controller() throws(AdminFailure) -> Int {
        let id = rd_kafka_controllerid(handle.raw, milliseconds)
        guard id >= 0 else { throw failure("the controller", RD_KAFKA_RESP_ERR__TIMED_OUT) }
        return Int(id)
    }

    /// How many brokers there are now.
    func brokers() throws(AdminFailure) -> Int {
        var answer: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(handle.raw, 0, nil, &answer, milliseconds)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let answer else {
            throw failure("the cluster's brokers", code)
        }
        defer { rd_kafka_metadata_destroy(answer) }
        return Int(answer.pointee.broker_cnt)
    }

    /// Waits until all of the cluster shows what one of its brokers has done.
    func wait(
        _ done: String, until isSeen: () throws(AdminFailure) -> Bool
    ) throws(AdminFailure) {
        let end = ContinuousClock.now + timeout
        while try !isSeen() {
            guard ContinuousClock.now < end else {
                throw AdminFailure(
                    done, RD_KAFKA_RESP_ERR__TIMED_OUT, text: "the cluster does not show it yet")
            }
            usleep(20_000)
        }
    }

    /// A failure with what the connections say of it.
    func failure(
        _ subject: String, _ code: rd_kafka_resp_err_t, _ text: UnsafePointer<CChar>? = nil
    ) -> AdminFailure {
        rd_kafka_poll(handle.raw, 0)
        let said = text.map { String(cString: $0) } ?? String(cString: rd_kafka_err2str(code))
        return AdminFailure(
            subject, code,
            text: handle.callbacks.lastTrouble.map { "\(said); \($0)" } ?? said)
    }

    var milliseconds: Int32 { Int32(clamping: timeout.milliseconds) }

    private func set(
        _ timeout: Duration, on options: OpaquePointer?, of operation: rd_kafka_admin_op_t,
        _ subject: String
    ) throws(AdminFailure) {
        var message = [CChar](repeating: 0, count: 512)
        var code = rd_kafka_AdminOptions_set_request_timeout(
            options, milliseconds, &message, message.count)
        if code == RD_KAFKA_RESP_ERR_NO_ERROR,
            [RD_KAFKA_ADMIN_OP_CREATETOPICS, RD_KAFKA_ADMIN_OP_DELETETOPICS].contains(operation)
        {
            code = rd_kafka_AdminOptions_set_operation_timeout(
                options, milliseconds, &message, message.count)
        }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw AdminFailure(subject, code, text: text(message))
        }
    }
}

/// The elements of an array that librdkafka counts.
func elements(
    _ array: (_ count: UnsafeMutablePointer<Int>) -> UnsafeMutablePointer<OpaquePointer?>?
) -> [OpaquePointer] {
    var count = 0
    guard let first = array(&count) else { return [] }
    return (0..<count).compactMap { first[$0] }
}
