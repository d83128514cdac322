internal import CRdkafka
import EventLog

/// An error code of librdkafka or of a broker.
struct Failure: Error, CustomStringConvertible {
    let code: rd_kafka_resp_err_t
    var description: String {
        "\(String(cString: rd_kafka_err2str(code))) (\(String(cString: rd_kafka_err2name(code))))"
    }

    init(_ code: rd_kafka_resp_err_t) { self.code = code }

    /// Nothing, or what went wrong.
    static func check(_ code: rd_kafka_resp_err_t) throws(Failure) {
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw Failure(code) }
    }

    /// What the caller of the log is told.
    func logError(_ doing: String) -> LogError {
        .unavailable(reason: "\(doing): \(description)")
    }

    /// Whether another client has taken over the name of this one.
    var isFence: Bool {
        [
            RD_KAFKA_RESP_ERR__FENCED, RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID,
            RD_KAFKA_RESP_ERR_PRODUCER_FENCED, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH,
        ].contains(code)
    }

    /// Whether a client goes on answering so by itself, for minutes, after it was put right.
    var isRemembered: Bool {
        [
            RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC,
            RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION,
        ].contains(code)
    }

    /// Whether the broker asked is no longer, or not yet, the partition's leader.
    var isOfMovedLeader: Bool {
        [
            RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
            RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH,
            RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH,
        ].contains(code)
    }

    /// Whether there is no such topic or partition.
    var isUnknownPartition: Bool {
        [
            RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC,
            RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
        ].contains(code)
    }
}

/// An error object of librdkafka, with what may be done about it.
struct DetailedFailure: Error, CustomStringConvertible {
    let code: Failure
    let text: String
    let isFatal: Bool
    let isRetriable: Bool
    let mustAbort: Bool

    var description: String { text }

    /// Takes the object over; nil says that all is well.
    static func check(_ error: OpaquePointer?) throws(DetailedFailure) {
        guard let error else { return }
        defer { rd_kafka_error_destroy(error) }
        throw DetailedFailure(
            code: Failure(rd_kafka_error_code(error)),
            text: String(cString: rd_kafka_error_string(error)),
            isFatal: rd_kafka_error_is_fatal(error) != 0,
            isRetriable: rd_kafka_error_is_retriable(error) != 0,
            mustAbort: rd_kafka_error_txn_requires_abort(error) != 0)
    }
}
