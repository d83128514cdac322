import EventLog

let appendChecks: [LogCheck] = [
    LogCheck("records lie in the order given, from offset 0, at the positions returned") { under in
        let topic = try await under.topic(partitions: 2)
        let (p0, p1) = (TopicPartition(topic, 0), TopicPartition(topic, 1))
        let positions = try await under.log.append([
            record("a", to: p0), record("b", to: p1), record("c", to: p0),
        ])
        try expectEqual(positions.map(\.description), ["\(p0)@0", "\(p1)@0", "\(p0)@1"])
        let more = try await under.append(["d"], to: p0)
        try expect(more[0].offset > positions[2].offset, "\(more)")
        try expectEqual(texts(try await under.all(p0)), ["a", "c", "d"])
        try expectEqual(texts(try await under.all(p1)), ["b"])
    },
    LogCheck("no records are appended to no effect") { under in
        try expectEqual(try await under.log.append([]), [])
    },
    LogCheck("one bad record, and none of the call is appended") { under in
        let topic = try await under.topic()
        let partition = TopicPartition(topic, 0)
        for bad in [
            TopicPartition(topic, 1), TopicPartition(topic, -1),
            TopicPartition(TopicName(under.prefix + "nowhere")!, 0),
        ] {
            try await expectError(.unknownPartition(bad)) {
                try await under.log.append([record("a", to: partition), record("b", to: bad)])
            }
        }
        try expectEqual(try await under.all(partition), [])
    },
    LogCheck("a record at the limit is taken and one beyond it is refused") { under in
        let partition = TopicPartition(try await under.topic(), 0)
        let value = [UInt8](repeating: 7, count: under.recordLimit - 3)
        let largest = NewRecord(
            to: partition, key: [1], value: value, headers: [Header("h", [1])])
        var tooLarge = largest
        tooLarge.key = [1, 2]
        try await expectError(
            .recordTooLarge(bytes: under.recordLimit + 1, limit: under.recordLimit)
        ) { try await under.log.append([tooLarge]) }
        _ = try await under.log.append([largest])
        try expectEqual(try await under.all(partition).map(\.value?.count), [value.count])
    },
    LogCheck("keys, values and headers come back to the byte") { under in
        let partition = TopicPartition(try await under.topic(), 0)
        let bytes = [UInt8](0...255)
        let sent = [
            NewRecord(to: partition, key: bytes, value: bytes.reversed()),
            NewRecord(to: partition, key: [], value: []),
            NewRecord(to: partition, key: Array("schlüssel 🚗".utf8), value: nil),
            NewRecord(
                to: partition, key: [0], value: [0],
                headers: [
                    Header("a", "1"), Header("a", "2"), Header("", [0, 255]), Header("ü", []),
                    Header("long", [UInt8](repeating: 9, count: 300)),
                ]),
        ]
        _ = try await under.log.append(sent)
        let found = try await under.all(partition)
        try expectEqual(found.map(\.key), sent.map(\.key))
        try expectEqual(found.map(\.value), sent.map(\.value))
        try expectEqual(found.map(\.headers), sent.map(\.headers))
        try expectEqual(found.last?.header("a"), Array("2".utf8))
    },
    LogCheck("records appended at once from many tasks are all there once, in order") { under in
        let topic = try await under.topic(partitions: 4)
        let log = under.log
        let positions = try await withThrowingTaskGroup(of: [Position].self) { group in
            for task in 0..<32 {
                group.addTask {
                    var positions: [Position] = []
                    for step in 0..<8 {
                        let to = TopicPartition(topic, task % 4)
                        positions += try await log.append([
                            record("\(task).\(step).0", to: to),
                            record("\(task).\(step).1", to: to),
                        ])
                    }
                    return positions
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        try expectEqual(Set(positions).count, 32 * 8 * 2)
        for partition in 0..<4 {
            let found = texts(try await under.all(TopicPartition(topic, partition)))
            for task in stride(from: partition, to: 32, by: 4) {
                let wanted = (0..<8).flatMap { ["\(task).\($0).0", "\(task).\($0).1"] }
                try expectEqual(found.filter { $0.hasPrefix("\(task).") }, wanted)
            }
        }
    },
    LogCheck("what was appended is there when the log is opened again") { under in
        let partition = TopicPartition(try await under.topic(), 0)
        try await under.append(["a", "b"], to: partition)
        await under.log.close()
        let again = try await under.openAgain()
        let found = try await again.read(from: [partition: 0], limit: ReadLimit(), wait: .zero)
        try expectEqual(texts(found), ["a", "b"])
        let positions = try await again.append([record("c", to: partition)])
        try expect(positions[0].offset > found[1].position.offset, "\(positions)")
        await again.close()
    },
    LogCheck("a log that is closed answers unavailable") { under in
        let partition = TopicPartition(try await under.topic(), 0)
        await under.log.close()
        do {
            _ = try await under.log.append([record("a", to: partition)])
            throw CheckFailure(description: "an append to a closed log was taken")
        } catch LogError.unavailable {}
        do {
            _ = try await under.log.read(from: [partition: 0], limit: ReadLimit(), wait: .zero)
            throw CheckFailure(description: "a closed log was read")
        } catch LogError.unavailable {}
    },
]
