import EventLog

let topicChecks: [LogCheck] = [
    LogCheck("a topic that was made is listed as it was asked for") { under in
        let name = try await under.topic("listed", partitions: 3)
        let specification = TopicSpecification(
            name: TopicName(under.prefix + "kept")!, partitions: 2, isCompacted: true,
            retentionMilliseconds: 86_400_000)
        try await under.log.create([specification])
        let topics = try await under.log.topics()
        try expect(topics.contains(specification), "\(topics)")
        try expectEqual(topics.first { $0.name == name }?.partitions, 3)
        try expectEqual(topics.map(\.name), topics.map(\.name).sorted())
    },
    LogCheck("making a topic again changes nothing") { under in
        let topic = try await under.topic(partitions: 2)
        try await under.append(["x"], to: TopicPartition(topic, 1))
        try await under.log.create([TopicSpecification(name: topic, partitions: 2)])
        try expectEqual(try await under.log.topics().filter { $0.name == topic }.count, 1)
        try expectEqual(texts(try await under.all(TopicPartition(topic, 1))), ["x"])
    },
    LogCheck("a topic with other partitions is refused, and none of the call is made") { under in
        let topic = try await under.topic(partitions: 2)
        let other = TopicName(under.prefix + "other")!
        try await expectError(.partitionsDiffer(topic: topic, has: 2, wanted: 3)) {
            try await under.log.create([
                TopicSpecification(name: other, partitions: 1),
                TopicSpecification(name: topic, partitions: 3),
            ])
        }
        try expect(
            try await !under.log.topics().contains { $0.name == other }, "the other was made")
    },
    LogCheck("a topic made by one session is known to another") { under in
        let again = try await under.openAgain()
        let topic = try await under.topic()
        let positions = try await again.append([record("x", to: TopicPartition(topic, 0))])
        try expectEqual(positions.map(\.offset), [0])
        await again.close()
    },
]
