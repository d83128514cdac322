internal import CRdkafka
import EventLog

/// What a cluster's administration could not do, and to what.
struct AdminFailure: Error, CustomStringConvertible {
    /// What it was about, by the name that the installation knows: `topic trip-uploads`.
    let subject: String
    let code: Failure
    /// What the broker says of it.
    let text: String

    init(_ subject: String, _ code: rd_kafka_resp_err_t, text: String? = nil) {
        self.subject = subject
        self.code = Failure(code)
        self.text = text ?? String(cString: rd_kafka_err2str(code))
    }

    init(_ subject: String, _ error: OpaquePointer) {
        self.init(
            subject, rd_kafka_error_code(error), text: String(cString: rd_kafka_error_string(error))
        )
    }

    var description: String {
        "\(subject): \(text) (\(String(cString: rd_kafka_err2name(code.code))))"
    }

    /// What the caller of the log is told: `unusable` where asking again is of no use.
    var logError: LogError {
        Self.lasting.contains(code.code)
            ? .unusable(reason: description) : .unavailable(reason: description)
    }

    private static let lasting: [rd_kafka_resp_err_t] = [
        RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR__INVALID_ARG,
        RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE, RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
        RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_INVALID_CONFIG,
        RD_KAFKA_RESP_ERR_INVALID_PARTITIONS, RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR,
        RD_KAFKA_RESP_ERR_INVALID_REQUEST, RD_KAFKA_RESP_ERR_POLICY_VIOLATION,
        RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION,
        RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION,
    ]
}
