import EventLog

let offsetChecks: [LogCheck] = [
    LogCheck("offsets name the first one kept and the next one, a partition") { under in
        let topic = try await under.topic(partitions: 2)
        try await under.append(["a", "b", "c"], to: TopicPartition(topic, 1))
        try expectEqual(
            try await under.log.offsets(of: topic),
            [TopicPartition(topic, 0): 0..<0, TopicPartition(topic, 1): 0..<3])
    },
    LogCheck("offsets of a topic that is not there are refused") { under in
        let nowhere = TopicName(under.prefix + "nowhere")!
        try await expectError(.unknownPartition(TopicPartition(nowhere, 0))) {
            try await under.log.offsets(of: nowhere)
        }
    },
    LogCheck("a record carries the time at which the log took it") { under in
        let partition = TopicPartition(try await under.topic(), 0)
        under.setTime?(1_700_000_000_123)
        try await under.append(["a"], to: partition)
        let time = try await under.all(partition)[0].timestampMilliseconds
        if under.setTime != nil { try expectEqual(time, 1_700_000_000_123) }
        try expect(time > 1_600_000_000_000, "\(time)")
    },
    LogCheck("the lowest offset at a time is found among times that are not sorted") { under in
        let topic = try await under.topic(partitions: 2)
        let partition = TopicPartition(topic, 0)
        for step: Int64 in [50, 10, 40, 70, 20, 60, 90, 30, 80, 0] {
            under.setTime?(1_700_000_000_000 + step)
            try await under.append(["x"], to: partition)
        }
        let records = try await under.all(partition)
        for time in records.map(\.timestampMilliseconds).flatMap({ [$0 - 1, $0, $0 + 1] }) {
            let wanted =
                records.first { $0.timestampMilliseconds >= time }?.position.offset
                ?? records.last!.position.offset + 1
            let found = try await under.log.offsets(of: topic, at: time)
            try expectEqual(found, [partition: wanted, TopicPartition(topic, 1): 0])
        }
    },
]
