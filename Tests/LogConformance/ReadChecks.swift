import EventLog

let readChecks: [LogCheck] = [
    LogCheck("a read begins at the offset named and ends at the limit of records") { under in
        let partition = TopicPartition(try await under.topic(), 0)
        try await under.append(["a", "b", "c", "d", "e"], to: partition)
        func read(_ offset: Int64, _ records: Int) async throws -> [String] {
            texts(
                try await under.log.read(
                    from: [partition: offset], limit: ReadLimit(records: records), wait: .zero))
        }
        try expectEqual(try await read(1, 3), ["b", "c", "d"])
        try expectEqual(try await read(4, 3), ["e"])
        try expectEqual(try await read(5, 3), [])
        try expectEqual(try await read(0, 5), ["a", "b", "c", "d", "e"])
    },
    LogCheck("a read ends with the record that reaches the limit of bytes") { under in
        let partition = TopicPartition(try await under.topic(), 0)
        // Each has a key of 1 byte and a value of 9.
        try await under.append((0..<6).map { "value-\($0)--" }, to: partition)
        for (bytes, count) in [(1, 1), (10, 1), (11, 2), (30, 3), (31, 4), (1_000, 6)] {
            let found = try await under.log.read(
                from: [partition: 0], limit: ReadLimit(bytes: bytes), wait: .zero)
            try expectEqual(found.count, count)
        }
    },
    LogCheck("every partition with records comes in turn, however much one has") { under in
        let topic = try await under.topic(partitions: 3)
        let partitions = (0..<3).map { TopicPartition(topic, $0) }
        try await under.append((0..<200).map { "0.\($0)" }, to: partitions[0])
        try await under.append(["1.0", "1.1"], to: partitions[1])
        try await under.append(["2.0"], to: partitions[2])
        var next = Dictionary(uniqueKeysWithValues: partitions.map { ($0, Int64(0)) })
        var seen: [String] = []
        for _ in 0..<6 {
            let found = try await under.log.read(
                from: next, limit: ReadLimit(records: 3), wait: .zero)
            try expect((1...3).contains(found.count), "\(found.count) records")
            for record in found {
                next[record.position.topicPartition] = record.position.offset + 1
            }
            seen += texts(found)
        }
        try expect(
            ["1.0", "1.1", "2.0"].allSatisfy(seen.contains), "after six reads only \(seen)")
        let first = seen.filter { $0.hasPrefix("0.") }
        try expectEqual(first, (0..<first.count).map { "0.\($0)" })
    },
    LogCheck("no partition is always last") { under in
        let topic = try await under.topic(partitions: 3)
        let partitions = (0..<3).map { TopicPartition(topic, $0) }
        for partition in partitions {
            try await under.append(["a", "b", "c"], to: partition)
        }
        let next = Dictionary(uniqueKeysWithValues: partitions.map { ($0, Int64(0)) })
        var seen: Set<TopicPartition> = []
        for _ in 0..<30 {
            let found = try await under.log.read(
                from: next, limit: ReadLimit(records: 1), wait: .zero)
            try expectEqual(found.count, 1)
            seen.insert(found[0].position.topicPartition)
        }
        try expectEqual(seen, Set(partitions))
    },
    LogCheck("a read waits no longer than it is told") { under in
        let partition = TopicPartition(try await under.topic(), 0)
        let start = ContinuousClock.now
        let found = try await under.log.read(
            from: [partition: 0], limit: ReadLimit(), wait: .milliseconds(150))
        let took = ContinuousClock.now - start
        try expectEqual(found, [])
        try expect(took >= .milliseconds(150) && took < .seconds(5), "it took \(took)")
    },
    LogCheck("a read that waits is woken by an append") { under in
        let topic = try await under.topic(partitions: 2)
        let (p0, p1) = (TopicPartition(topic, 0), TopicPartition(topic, 1))
        let log = under.log
        async let found = log.read(from: [p0: 0, p1: 0], limit: ReadLimit(), wait: .seconds(30))
        try await under.append(["x"], to: p1)
        let start = ContinuousClock.now
        try expectEqual(texts(try await found), ["x"])
        try expect(ContinuousClock.now - start < .seconds(10), "woken late")
    },
    LogCheck("a read that waits is woken by an append of another session") { under in
        let partition = TopicPartition(try await under.topic(), 0)
        let again = try await under.openAgain()
        let log = under.log
        async let found = log.read(from: [partition: 0], limit: ReadLimit(), wait: .seconds(30))
        _ = try await again.append([record("x", to: partition)])
        let start = ContinuousClock.now
        try expectEqual(texts(try await found), ["x"])
        try expect(ContinuousClock.now - start < .seconds(10), "woken late")
        await again.close()
    },
    LogCheck("a read that is cancelled ends") { under in
        let partition = TopicPartition(try await under.topic(), 0)
        let log = under.log
        let start = ContinuousClock.now
        let reading = Task {
            try await log.read(from: [partition: 0], limit: ReadLimit(), wait: .seconds(60))
        }
        reading.cancel()
        _ = await reading.result
        try expect(ContinuousClock.now - start < .seconds(10), "it went on waiting")
    },
    LogCheck("a cancelled read that does not wait never passes for the end") { under in
        let partition = TopicPartition(try await under.topic(), 0)
        try await under.append(["a", "b"], to: partition)
        let again = try await under.openAgain()
        let reading = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await again.read(from: [partition: 0], limit: ReadLimit(), wait: .zero)
        }
        // All there is, or an error; whoever scores a trip from half of it says what is wrong.
        if case .success(let records) = await reading.result {
            try expectEqual(texts(records), ["a", "b"])
        }
        await again.close()
    },
    LogCheck("an offset beyond the end is out of range, and the end is not") { under in
        let partition = TopicPartition(try await under.topic(), 0)
        try await under.append(["a", "b"], to: partition)
        let range = try await under.log.offsets(of: partition.topic)[partition] ?? 0..<0
        for offset in [-1, range.upperBound + 1] {
            try await expectError(
                .offsetOutOfRange(Position(partition, offset: offset), available: range)
            ) {
                try await under.log.read(
                    from: [partition: offset], limit: ReadLimit(), wait: .zero)
            }
        }
        try expectEqual(
            try await under.log.read(
                from: [partition: range.upperBound], limit: ReadLimit(), wait: .zero), [])
    },
    LogCheck("reading a partition that is not there is refused") { under in
        let nowhere = TopicPartition(try await under.topic(), 9)
        try await expectError(.unknownPartition(nowhere)) {
            try await under.log.read(from: [nowhere: 0], limit: ReadLimit(), wait: .zero)
        }
    },
    LogCheck("nothing read from nowhere") { under in
        try expectEqual(
            try await under.log.read(from: [:], limit: ReadLimit(), wait: .zero), [])
    },
]
