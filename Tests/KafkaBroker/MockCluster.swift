import CRdkafka

/// librdkafka's cluster in the process: what it does wrong is asked for.
///
/// It has no administration and does not hide aborted records, keeps 5 MiB a partition, and forgets
/// all when it goes.
///
/// `@unchecked Sendable` because librdkafka's own locks guard what the pointers lead to.
public final class MockCluster: @unchecked Sendable {
    /// Requests that can be made to fail, by their number in the protocol.
    public enum Request: Int16, Sendable {
        case produce = 0
        case fetch = 1
        case offsetCommit = 8
        case offsetFetch = 9
        case heartbeat = 12
        case initProducerID = 22
        case addPartitions = 24
        case addOffsets = 25
        case endTransaction = 26
        case transactionOffsets = 28
    }

    /// What a request is answered with.
    public enum Fault: Sendable {
        case notLeader, timedOut, notEnoughReplicas, coordinatorLoading, notCoordinator
        case authorization, invalidProducerEpoch, fencedProducer, fencedInstance, unknownMember

        var code: rd_kafka_resp_err_t {
            switch self {
            case .notLeader: RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION
            case .timedOut: RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT
            case .notEnoughReplicas: RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS
            case .coordinatorLoading: RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS
            case .notCoordinator: RD_KAFKA_RESP_ERR_NOT_COORDINATOR
            case .authorization: RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED
            case .invalidProducerEpoch: RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH
            case .fencedProducer: RD_KAFKA_RESP_ERR_PRODUCER_FENCED
            case .fencedInstance: RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID
            case .unknownMember: RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID
            }
        }
    }

    /// Brokers, numbered from 1.
    public let brokers: Int32
    private let client: OpaquePointer
    private let cluster: OpaquePointer

    /// Starts a cluster.
    public init(brokers: Int32 = 3) throws {
        var message = [CChar](repeating: 0, count: 512)
        let conf = rd_kafka_conf_new()
        rd_kafka_conf_set(conf, "log_level", "0", &message, message.count)
        guard let client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, &message, message.count),
            let cluster = rd_kafka_mock_cluster_new(client, brokers)
        else { throw Broker.Unreachable(addresses: "the mock cluster") }
        self.brokers = brokers
        self.client = client
        self.cluster = cluster
    }

    deinit {
        rd_kafka_mock_cluster_destroy(cluster)
        rd_kafka_destroy(client)
    }

    /// Where it is: `host:port`, several with commas.
    public var addresses: String { String(cString: rd_kafka_mock_cluster_bootstraps(cluster)) }

    /// Makes a topic with a replica on each broker.
    public func create(_ topic: String, partitions: Int) {
        rd_kafka_mock_topic_create(cluster, topic, Int32(partitions), brokers)
    }

    /// Makes a broker the leader of a partition.
    public func lead(_ topic: String, _ partition: Int, by broker: Int32) {
        rd_kafka_mock_partition_set_leader(cluster, topic, Int32(partition), broker)
    }

    /// Makes a broker the coordinator of a group, or of a transactional id.
    public func coordinate(group: String? = nil, transaction: String? = nil, by broker: Int32) {
        if let group { rd_kafka_mock_coordinator_set(cluster, "group", group, broker) }
        if let transaction {
            rd_kafka_mock_coordinator_set(cluster, "transaction", transaction, broker)
        }
    }

    /// Ends a broker's connections and lets nobody connect.
    public func take(down broker: Int32) { rd_kafka_mock_broker_set_down(cluster, broker) }

    /// Lets clients connect again.
    public func bring(up broker: Int32) { rd_kafka_mock_broker_set_up(cluster, broker) }

    /// Takes all brokers down, or brings them up.
    public func setAll(down isDown: Bool) {
        for broker in 1...brokers { isDown ? take(down: broker) : bring(up: broker) }
    }

    /// Answers the next requests of a kind with these faults, one each.
    public func fail(_ request: Request, with faults: [Fault]) {
        let codes = faults.map(\.code)
        rd_kafka_mock_push_request_errors_array(cluster, request.rawValue, codes.count, codes)
    }
}
