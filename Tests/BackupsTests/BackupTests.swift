import Backups
import EmbeddedLog
import EventLog
import Foundation
import SQLite
import Testing

@Suite(.serialized) struct BackupTests {
    @discardableResult
    private func make(_ scratch: Scratch) throws -> Backup {
        try Backup.make(
            of: scratch.data, to: scratch.backup, build: "1.2.3", layout: 1,
            now: "2026-01-01T00:00:00.000Z")
    }

    @Test func `a backup restores every record to the byte, and the log goes on`() async throws {
        let scratch = try Scratch()
        try await scratch.fill(2_000)
        let backup = try make(scratch)
        #expect(backup.manifest.files.map(\.name) == ["layout", "log.sqlite", "token.key"])
        #expect(backup.manifest.records == 2_000)
        #expect(
            backup.manifest.topics.map { ($0.name, $0.partitions.map(\.end)) }.last! == (
                "trips", [667, 667, 666]
            ))
        try Backup(scratch.backup).check()
        // Checked, it is as it was: no companions, nothing written.
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: scratch.backup).sorted()
                == ["layout", "log.sqlite", "manifest.json", "token.key"])
        try backup.restore(to: scratch.restored)
        let before = try EmbeddedLog(path: scratch.log)
        let after = try EmbeddedLog(path: scratch.restored + "/log.sqlite")
        #expect(try await everything(before) == everything(after))
        let next = try await after.append([
            NewRecord(to: TopicPartition(trips, 0), key: [1], value: [2])
        ])
        #expect(next[0].offset == 667)
        await before.close()
        await after.close()
        let key = FileManager.default.contents(atPath: scratch.restored + "/token.key")
        #expect(key == Data("secret".utf8))
        let mode = try FileManager.default.attributesOfItem(atPath: scratch.restored)
        #expect((mode[.posixPermissions] as? NSNumber)?.intValue == 0o700)
    }

    @Test func `while others append, a backup holds all that was acknowledged before it`()
        async throws
    {
        let scratch = try Scratch()
        try await scratch.fill(100)
        let children = try (0..<2).map {
            try Child(["append", scratch.log, "child\($0)", "6", "1000000"])
        }
        for round in 1...4 {
            try await wait { children.allSatisfy { $0.lines.count >= round * 150 } }
            let acknowledged = children.flatMap(\.lines)
            let backup = try make(scratch)
            try backup.check()
            let copy = "\(scratch.directory)/restored-\(round)"
            try backup.restore(to: copy)
            try FileManager.default.removeItem(atPath: scratch.backup)
            let log = try EmbeddedLog(path: copy + "/log.sqlite")
            let restored = try await everything(log)
            let texts = Set(
                restored.values.joined().map { String(decoding: $0.value!, as: UTF8.self) })
            #expect(Set(acknowledged).subtracting(texts).isEmpty, "round \(round)")
            // What there is is what the log has up to there.
            let original = try EmbeddedLog(path: scratch.log)
            let now = try await everything(original)
            for (source, records) in restored {
                #expect(Array(now[source]!.prefix(records.count)) == records, "\(source)")
            }
            for topic in backup.manifest.topics {
                for (number, partition) in topic.partitions.enumerated() {
                    let source = TopicPartition(TopicName(topic.name)!, number)
                    #expect(restored[source]?.count == Int(partition.records))
                }
            }
            await log.close()
            await original.close()
        }
        for child in children { child.kill() }
    }

    @Test func `whatever is damaged is found`() async throws {
        let scratch = try Scratch()
        try await scratch.fill(200)
        let backup = try make(scratch)
        var random = SystemRandomNumberGenerator()
        for file in backup.manifest.files {
            let url = URL(fileURLWithPath: "\(scratch.backup)/\(file.name)")
            let whole = try Data(contentsOf: url)
            for _ in 0..<8 {
                var bytes = whole
                let place = Int.random(in: 0..<bytes.count, using: &random)
                bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                try bytes.write(to: url)
                #expect(throws: BackupProblem.self, "\(file.name), byte \(place)") {
                    try Backup(scratch.backup).check()
                }
            }
            try whole.dropLast().write(to: url)
            #expect(throws: BackupProblem.self) { try Backup(scratch.backup).check() }
            try FileManager.default.removeItem(at: url)
            #expect(throws: BackupProblem.self) { try Backup(scratch.backup).check() }
            #expect(throws: BackupProblem.self) { try backup.restore(to: scratch.restored) }
            try whole.write(to: url)
        }
        try Backup(scratch.backup).check()
        #expect(!FileManager.default.fileExists(atPath: scratch.restored))
        #expect(!FileManager.default.fileExists(atPath: scratch.restored + ".partial"))
    }

    @Test func `counts that are not the log's are found`() async throws {
        let scratch = try Scratch()
        try await scratch.fill(50)
        try make(scratch)
        let manifest = URL(fileURLWithPath: scratch.backup + "/manifest.json")
        let text = try String(contentsOf: manifest, encoding: .utf8)
        let edits = [
            ("\"end\" : 17", "\"end\" : 18"), ("\"records\" : 17", "\"records\" : 16"),
            ("\"trips\"", "\"tripz\""), ("\"format\" : 1", "\"format\" : 2"),
            ("\"logFormat\" : ", "\"logFormat\" : 9"), ("token.key", "../key"), ("{", "["),
        ]
        for (old, new) in edits {
            let edited = text.replacing(old, with: new)
            #expect(edited != text, "\(old)")
            try Data(edited.utf8).write(to: manifest)
            #expect(throws: BackupProblem.self, "\(old)") { try Backup(scratch.backup).check() }
        }
    }

    @Test func `what is there already is left as it is`() async throws {
        let scratch = try Scratch()
        try await scratch.fill(50)
        let backup = try make(scratch)
        #expect(throws: BackupProblem.taken(path: scratch.backup)) { try make(scratch) }
        try backup.check()
        #expect(throws: BackupProblem.taken(path: scratch.data)) {
            try backup.restore(to: scratch.data)
        }
        try FileManager.default.createDirectory(
            atPath: scratch.restored, withIntermediateDirectories: false)
        try backup.restore(to: scratch.restored)
        #expect(throws: BackupProblem.taken(path: scratch.restored)) {
            try backup.restore(to: scratch.restored)
        }
        #expect(throws: BackupProblem.noBackup(path: scratch.data)) { try Backup(scratch.data) }
        #expect(throws: BackupProblem.noData(path: scratch.backup + "/x")) {
            try Backup.make(
                of: scratch.backup + "/x", to: scratch.directory + "/y", build: "", layout: 1,
                now: "")
        }
    }

    @Test func `a backup that is killed leaves nothing that passes for one`() async throws {
        let scratch = try Scratch()
        try await scratch.fill(8_000)
        let partial = scratch.backup + ".partial"
        func bytes() -> Int {
            let file = try? FileManager.default.attributesOfItem(atPath: partial + "/log.sqlite")
            return (file?[.size] as? NSNumber)?.intValue ?? -1
        }
        var cut = 0
        for threshold in [0, 1, 1_000_000, 3_000_000, 6_000_000, 8_000_000, 8_000_001] {
            let child = try Child(["backup", scratch.data, scratch.backup])
            try await wait { bytes() >= threshold || !child.isRunning }
            child.kill()
            if FileManager.default.fileExists(atPath: scratch.backup) {
                // It was faster: then it is whole.
                try Backup(scratch.backup).check()
                try FileManager.default.removeItem(atPath: scratch.backup)
                continue
            }
            cut += 1
            #expect(throws: BackupProblem.self) { try Backup(scratch.backup).check() }
            #expect(throws: BackupProblem.self) { try Backup(partial).check() }
        }
        #expect(cut > 0)
        try make(scratch).check()
        #expect(!FileManager.default.fileExists(atPath: partial))
    }

    @Test(.enabled(if: geteuid() == 0, "mounting a file system takes root"))
    func `a full disk is said, and nothing is left behind`() async throws {
        let scratch = try Scratch()
        try await scratch.fill(4_000)
        let small = scratch.directory + "/small"
        try FileManager.default.createDirectory(
            atPath: small, withIntermediateDirectories: false)
        try #require(mount("tmpfs", small, "tmpfs", 0, "size=2m") == 0)
        defer { umount2(small, Int32(MNT_DETACH)) }
        let error = #expect(throws: BackupProblem.self) {
            try Backup.make(
                of: scratch.data, to: small + "/backup", build: "", layout: 1, now: "")
        }
        guard case .noRoom? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: small).isEmpty)
        let backup = try make(scratch)
        let restoring = #expect(throws: BackupProblem.self) {
            try backup.restore(to: small + "/data")
        }
        guard case .noRoom? = restoring else {
            Issue.record("\(String(describing: restoring))")
            return
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: small).isEmpty)
    }
}
