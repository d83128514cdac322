import EventLog

let offsetChecks: [LogCheck] = [
    LogCheck("offsets name the first one kept and the next one, a partition") { under in
        let topic = try await under.topic(partitions: 2)
        let partition = TopicPartition(topic, 1)
        let positions = try await under.append(["a", "b", "c"], to: partition)
        let offsets = try await under.log.offsets(of: topic)
        try expectEqual(offsets.count, 2)
        try expectEqual(offsets[TopicPartition(topic, 0)], 0..<0)
        // An engine may keep marks of its own behind the last record.
        guard let range = offsets[partition], range.lowerBound == 0,
            range.upperBound > positions[2].offset
        else { throw CheckFailure(description: "\(offsets)") }
        try expectEqual(
            try await under.log.read(
                from: [partition: range.upperBound], limit: ReadLimit(), wait: .zero), [])
        let next = try await under.append(["d"], to: partition)
        try expect(next[0].offset >= range.upperBound, "\(next) after \(range)")
    },
    LogCheck("decided offsets are behind all that was appended") { under in
        let topic = try await under.topic(partitions: 2)
        let partition = TopicPartition(topic, 1)
        let positions = try await under.append(["a", "b"], to: partition)
        let decided = try await under.log.decidedOffsets(of: topic)
        try expectEqual(decided[TopicPartition(topic, 0)], 0)
        try expect((decided[partition] ?? 0) > positions[1].offset, "\(decided)")
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
            try await under.append("x", to: partition, at: 1_700_000_000_000 + step)
        }
        let records = try await under.all(partition)
        try expect(
            records.map(\.timestampMilliseconds).sorted() != records.map(\.timestampMilliseconds),
            "the times are not to be sorted")
        for time in records.map(\.timestampMilliseconds).flatMap({ [$0 - 1, $0, $0 + 1] }) {
            let end = try await under.log.offsets(of: topic)[partition]?.upperBound
            let wanted =
                records.first { $0.timestampMilliseconds >= time }?.position.offset ?? end
            let found = try await under.log.offsets(of: topic, at: time)
            try expectEqual(found[partition], wanted)
            try expectEqual(found[TopicPartition(topic, 1)], 0)
        }
    },
    LogCheck("what is at a time is a record, not a mark between records") { under in
        let topic = try await under.topic()
        let partition = TopicPartition(topic, 0)
        try await under.append("a", to: partition, at: 1_700_000_000_000)
        // Several at once are a transaction, which may leave a mark of a later time.
        under.setTime?(1_700_000_000_100)
        try await under.append(["b", "c"], to: partition)
        let last = try await under.all(partition).last?.timestampMilliseconds ?? 0
        try await under.append("d", to: partition, at: 1_700_000_000_050)
        try await under.append("e", to: partition, at: last + 100_000)
        let records = try await under.all(partition)
        for time in [1_700_000_000_050, last, last + 1, last + 60_000, last + 100_000] {
            let found = try await under.log.offsets(of: topic, at: time)
            let wanted = records.first { $0.timestampMilliseconds >= time }
            try expectEqual(found[partition], wanted?.position.offset)
        }
    },
]
