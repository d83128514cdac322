import CRdkafka
import EventLog
import KafkaBroker
import Testing
import TopicPlans

@testable import KafkaLog

/// An installation of its own on the cluster, administered.
private func administration() throws -> Admin {
    let broker = try Broker.shared()
    var options = KafkaLog.Options(brokers: broker.addresses)
    options.prefix = Broker.prefix()
    return Admin(
        handle: try Handle(RD_KAFKA_PRODUCER, try ClientProperties(options).administration()),
        names: Names(prefix: options.prefix), timeout: .seconds(20))
}

private func topic(_ name: String) throws -> TopicName { try #require(TopicName(name)) }

/// A call went well that should not.
private struct NothingThrown: Error {}

/// What a call throws.
private func failure(of body: () throws -> Void) throws -> AdminFailure {
    do {
        try body()
    } catch {
        return try #require(error as? AdminFailure)
    }
    throw NothingThrown()
}

@Test func `a topic is made as asked and described without the installation's prefix`() throws {
    let admin = try administration()
    let made = try admin.create([
        .init(
            name: try topic("drives"), partitions: 3, replicas: 1,
            config: ["cleanup.policy": "compact", "retention.ms": "86400000"])
    ])
    #expect(made == [try topic("drives")])
    let found = try #require(try admin.topics().first)
    #expect(try admin.topics().count == 1)
    #expect(found.name.rawValue == "drives")
    #expect(found.partitions == 3)
    #expect(found.replicas == 1)
    #expect(found.settings["cleanup.policy"] == .init("compact", isOwn: true))
    #expect(found.settings["retention.ms"] == .init("86400000", isOwn: true))
    #expect(found.settings["segment.bytes"]?.isOwn == false)
}

@Test func `a topic that exists stays as it is`() throws {
    let admin = try administration()
    let drives = try topic("drives")
    try admin.create([.init(name: drives, partitions: 2, replicas: 1)])
    let made = try admin.create([
        .init(name: drives, partitions: 5, replicas: 1),
        .init(name: try topic("trips"), partitions: 1, replicas: 1),
    ])
    #expect(made == [try topic("trips")])
    #expect(try admin.topics().map(\.partitions) == [2, 1])
}

@Test func `a topic that cannot be made is named`() throws {
    let admin = try administration()
    let failure = try failure {
        try admin.create([.init(name: try topic("drives"), partitions: 0, replicas: 1)])
    }
    #expect(failure.subject == "topic drives")
}

@Test func `a change of one setting leaves the others`() throws {
    let admin = try administration()
    let drives = try topic("drives")
    try admin.create([
        .init(
            name: drives, partitions: 1, replicas: 1,
            config: ["retention.ms": "86400000", "max.message.bytes": "2000000"])
    ])
    try admin.set(["retention.ms": "172800000"], on: drives)
    let settings = try #require(try admin.topics().first).settings
    #expect(settings["retention.ms"] == .init("172800000", isOwn: true))
    #expect(settings["max.message.bytes"] == .init("2000000", isOwn: true))
}

@Test func `settings of a topic that is not there are refused by its name`() throws {
    let admin = try administration()
    let failure = try failure { try admin.set(["retention.ms": "1"], on: try topic("nothing")) }
    #expect(failure.subject == "topic nothing")
    #expect(failure.code.isUnknownPartition)
}

@Test func `a topic deleted twice is gone`() throws {
    let admin = try administration()
    let drives = try topic("drives")
    try admin.create([.init(name: drives, partitions: 1, replicas: 1)])
    try admin.delete([drives])
    try admin.delete([drives])
    #expect(try admin.topics().isEmpty)
}

@Test func `the cluster says who it is and who administers it`() throws {
    let admin = try administration()
    let id = try admin.clusterID()
    #expect(!id.isEmpty)
    #expect(try administration().clusterID() == id)
    #expect(try admin.controller() >= 0)
}

@Test func `a cluster that is away is told with the reason`() throws {
    let options = KafkaLog.Options(brokers: "127.0.0.1:1")
    let admin = Admin(
        handle: try Handle(RD_KAFKA_PRODUCER, try ClientProperties(options).administration()),
        names: Names(prefix: ""), timeout: .seconds(2))
    let failure = try failure { _ = try admin.topics() }
    #expect(failure.description.contains("127.0.0.1:1"), "\(failure)")
    guard case .unavailable = failure.logError else {
        Issue.record("\(failure.logError) is not unavailable")
        return
    }
}

@Test func `offsets of a group are moved, read and deleted with it`() throws {
    let admin = try administration()
    let drives = try topic("drives")
    try admin.create([.init(name: drives, partitions: 2, replicas: 1)])
    let offsets: [TopicPartition: Int64] = [.init(drives, 0): 5, .init(drives, 1): 7]
    try admin.set(offsets, of: "scorer.v1")
    #expect(try admin.committed(group: "scorer.v1") == offsets)
    #expect(try admin.groupNames() == ["scorer.v1"])
    #expect(
        try admin.groups() == [GroupDescription(name: "scorer.v1", state: "empty", members: [])])
    try admin.delete(groups: ["scorer.v1"])
    try admin.delete(groups: ["scorer.v1"])
    #expect(try admin.groups().isEmpty)
    #expect(try admin.committed(group: "scorer.v1").isEmpty)
}

@Test func `a member of a group is described, and its group can be neither moved nor deleted`()
    throws
{
    let admin = try administration()
    let drives = try topic("drives")
    try admin.create([.init(name: drives, partitions: 2, replicas: 1)])
    let member = try joined(admin, to: "scorer.v1", drives)
    let group = try #require(try admin.groups().first)
    #expect(group.name == "scorer.v1")
    #expect(group.state == "stable")
    #expect(group.members.map(\.name) == ["worker-7"])
    #expect(group.members.first?.host.isEmpty == false)
    #expect(group.members.first?.partitions == [.init(drives, 0), .init(drives, 1)])
    let deleting = try failure { try admin.delete(groups: ["scorer.v1"]) }
    #expect(deleting.subject == "group scorer.v1")
    let moving = try failure { try admin.set([.init(drives, 0): 1], of: "scorer.v1") }
    #expect(moving.subject == "group scorer.v1, drives/0")
    rd_kafka_consumer_close(member.raw)
}

/// A consumer that holds every partition of the topic.
private func joined(_ admin: Admin, to group: String, _ topic: TopicName) throws -> Handle {
    let broker = try Broker.shared()
    let member = try Handle(
        RD_KAFKA_CONSUMER,
        [
            .init("bootstrap.servers", broker.addresses),
            .init("group.id", admin.names.wire(group)), .init("group.instance.id", "worker-7"),
        ])
    let topics = PartitionList([TopicPartition(topic, -1)], offset: 0, admin.names)
    try Failure.check(rd_kafka_subscribe(member.raw, topics.raw))
    for _ in 0..<300 {
        if let message = rd_kafka_consumer_poll(member.raw, 100) {
            rd_kafka_message_destroy(message)
        }
        var held: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
        try Failure.check(rd_kafka_assignment(member.raw, &held))
        let list = PartitionList(owning: try #require(held), admin.names)
        if list.entries.count == 2 { return member }
    }
    throw Failure(RD_KAFKA_RESP_ERR__TIMED_OUT)
}
