import EventLog
import Foundation
@testable import Projection
import SQLite
import Testing
import Topics
import Trips

@Suite struct ProjectionTests {
    @Test func `a batch applied twice changes nothing the second time`() throws {
        let scratch = try Scratch()
        let projection = try Projection(directory: scratch.path, version: .first)
        try projection.apply(batch(0..<12))
        let once = try dump(scratch)
        try projection.apply(batch(0..<12))
        #expect(try dump(scratch) == once)
        // Nor does one that begins earlier and goes on further, beyond what is new in it.
        try projection.apply(batch(3..<20))
        let further = try dump(scratch)

        let other = try Scratch()
        let straight = try Projection(directory: other.path, version: .first)
        try straight.apply(batch(0..<20))
        #expect(try dump(other) == further)
    }

    @Test func `an older record does not overwrite a newer one`() throws {
        let scratch = try Scratch()
        let projection = try Projection(directory: scratch.path, version: .first)
        try projection.apply(batch(0..<12))
        var late = ProjectionBatch()
        late.trips = [(score(3), .row(row("trip-0", lastUpload: 3)))]
        late.progress[0] = 4
        late.positions[score(0).topicPartition] = 4
        try projection.apply(late)
        #expect(try projection.row(of: trip("trip-0"))?.lastUpload == 9)
        #expect(projection.progress == [0: 12])
        #expect(projection.positions[score(0).topicPartition] == 12)
    }

    @Test func `positions and rows come back together after reopening`() throws {
        let scratch = try Scratch()
        do {
            let projection = try Projection(directory: scratch.path, version: .first)
            #expect(projection.opening == .made)
            try projection.apply(batch(0..<12))
        }
        let again = try Projection(directory: scratch.path, version: .first)
        #expect(again.opening == .found)
        #expect(again.progress == [0: 12])
        #expect(again.positions.values.allSatisfy { $0 == 12 })
        #expect(try again.row(of: trip("trip-2"))?.lastUpload == 11)
    }

    @Test func `a transaction that was never committed leaves neither rows nor positions`() throws {
        let scratch = try Scratch()
        try Projection(directory: scratch.path, version: .first).apply(batch(0..<12))
        let before = try dump(scratch)
        do {
            let connection = try Connection(path: scratch.file, mode: .readWrite)
            // With room for few pages in memory most of it is in the file before the end.
            try connection.execute("PRAGMA cache_size = 5")
            let writer = try ProjectionWriter(connection, limits: .init())
            try connection.execute("BEGIN IMMEDIATE")
            try writer.write(batch(12..<500), WriteStamps())
            #expect(writer.positions.values.allSatisfy { $0 == 12 })
        }
        #expect(try dump(scratch) == before)
        let again = try Projection(directory: scratch.path, version: .first)
        try again.apply(batch(12..<500))
        #expect(again.progress == [0: 500])
    }

    @Test func `a full disk changes nothing, and reads go on`() throws {
        let scratch = try Scratch()
        try Projection(directory: scratch.path, version: .first).apply(batch(0..<12))
        let before = try dump(scratch)
        do {
            let connection = try Connection(path: scratch.file, mode: .readWrite)
            try connection.execute("PRAGMA max_page_count = 40")
            let writer = try ProjectionWriter(connection, limits: .init())
            let error = #expect(throws: SQLiteError.self) {
                try writer.apply(batch(12..<2_000), WriteStamps())
            }
            #expect(error?.isFull == true)
            #expect(writer.progress == [0: 12])
            #expect(try dump(scratch) == before)
            try connection.execute("PRAGMA max_page_count = 1000000")
            try writer.apply(batch(12..<2_000), WriteStamps())
        }
        #expect(try Projection(directory: scratch.path, version: .first).progress == [0: 2_000])
    }

    @Test func `a second writer is refused while the first lives`() throws {
        let scratch = try Scratch()
        do {
            let first = try Projection(directory: scratch.path, version: .first)
            #expect(throws: ProjectionError.taken(path: first.path)) {
                try Projection(directory: scratch.path, version: .first)
            }
        }
        _ = try Projection(directory: scratch.path, version: .first)
    }

    @Test func `a newer format is refused and stays as it is`() throws {
        let scratch = try Scratch()
        try Projection(directory: scratch.path, version: .first).apply(batch(0..<12))
        try mark(scratch, "PRAGMA user_version = 99")
        let error = #expect(throws: ProjectionError.self) {
            try Projection(directory: scratch.path, version: .first)
        }
        #expect(error?.description.contains("start the newer program") == true)
        #expect(try dump(scratch).count > 12)
    }

    @Test func `another program's file is refused`() throws {
        let scratch = try Scratch()
        try mark(scratch, "CREATE TABLE theirs (a); PRAGMA application_id = 7")
        #expect(throws: ProjectionError.foreign(path: scratch.file)) {
            try Projection(directory: scratch.path, version: .first)
        }
    }

    @Test func `an older format is made anew and says so`() throws {
        let scratch = try Scratch()
        try Projection(directory: scratch.path, version: .first).apply(batch(0..<12))
        try mark(scratch, "PRAGMA user_version = 0")
        let projection = try Projection(directory: scratch.path, version: .first)
        #expect(projection.opening == .remade(reason: "format 0 is old"))
        #expect(projection.positions.isEmpty)
        try projection.apply(batch(0..<12))
        #expect(try projection.row(of: trip("trip-0")) != nil)
    }

    @Test(arguments: [0, 20]) func `a damaged file is made anew`(at offset: Int) throws {
        let scratch = try Scratch()
        do {
            let projection = try Projection(directory: scratch.path, version: .first)
            try projection.apply(batch(0..<12))
        }
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: scratch.file)))
        for index in offset..<min(offset + 4_000, bytes.count) { bytes[index] = 0xa5 }
        try Data(bytes).write(to: URL(fileURLWithPath: scratch.file))
        unlink(scratch.file + "-wal")
        let projection = try Projection(directory: scratch.path, version: .first)
        guard case .remade = projection.opening else {
            Issue.record("opening: \(projection.opening)")
            return
        }
        try projection.apply(batch(0..<12))
        #expect(projection.progress == [0: 12])
    }

    @Test func `what is made anew serves reads again`() throws {
        let scratch = try Scratch()
        let projection = try Projection(directory: scratch.path, version: .first)
        try projection.apply(batch(0..<12))
        #expect(try projection.row(of: trip("trip-0")) != nil)
        try projection.remake()
        #expect(try projection.row(of: trip("trip-0")) == nil)
        #expect(projection.positions.isEmpty)
        try projection.apply(batch(0..<12))
        #expect(try projection.row(of: trip("trip-0")) != nil)
        #expect(Projection.diskBytes(directory: scratch.path, version: .first) > 0)
    }

    @Test func `the write-ahead log stays within its limit`() throws {
        let scratch = try Scratch()
        var limits = Projection.Limits()
        limits.framesToCheckpoint = 50
        let projection = try Projection(
            directory: scratch.path, version: .first, limits: limits)
        for start in stride(from: Int64(0), to: 4_000, by: 40) {
            try projection.apply(batch(start..<start + 40))
            try projection.checkpointIfDue()
            _ = try projection.row(of: trip("trip-0"))
        }
        let size = try FileManager.default.attributesOfItem(atPath: scratch.file + "-wal")[.size]
        #expect((size as? Int ?? .max) < 200 * 4_200)
    }

    private func mark(_ scratch: Scratch, _ sql: String) throws {
        let connection = try Connection(path: scratch.file, mode: .readWrite)
        try connection.execute(sql)
        try connection.checkpoint(.truncate)
    }
}
