import Foundation
import SQLite
import Testing

@Test func `no bytes and no text are not NULL`() throws {
    let scratch = try Scratch()
    let connection = try Connection(path: scratch.path, mode: .readWrite)
    try connection.execute("CREATE TABLE t (a, b, c, d, e)")
    try connection.run(
        "INSERT INTO t VALUES (?1, ?2, ?3, ?4, ?5)", .blob([]), "", nil, .real(0.1), .integer(.min))
    let kinds = try connection.rows(
        "SELECT typeof(a), typeof(b), typeof(c), d, e, a, b FROM t"
    ) { row in
        #expect(row.double(3) == 0.1)
        #expect(row.int64(4) == .min)
        #expect(row.bytes(5) == [])
        #expect(row.string(6) == "")
        return (0..<3).map { row.string($0) }
    }
    #expect(kinds == [["blob", "text", "null"]])
}

@Test func `text and bytes come back to the byte`() throws {
    let scratch = try Scratch()
    let connection = try Connection(path: scratch.path, mode: .readWrite)
    try connection.execute("CREATE TABLE t (a, b)")
    let bytes = [UInt8](0...255)
    try connection.run("INSERT INTO t VALUES (?1, ?2)", .text("a\0ü🚗"), .blob(bytes))
    _ = try connection.rows("SELECT a, b FROM t") { row in
        #expect(row.string(0) == "a\0ü🚗")
        #expect(row.bytes(1) == bytes)
    }
}

@Test func `a transaction that throws leaves nothing`() throws {
    let scratch = try Scratch()
    let connection = try Connection(path: scratch.path, mode: .readWrite)
    try connection.execute("CREATE TABLE t (a)")
    #expect(throws: SQLiteError.self) {
        try connection.transaction {
            try connection.run("INSERT INTO t VALUES (1)")
            try connection.run("INSERT INTO nowhere VALUES (1)")
        }
    }
    #expect(!connection.isInTransaction)
    #expect(try connection.integer("SELECT count(*) FROM t") == 0)
}

@Test func `a snapshot sees one state, and a reader cannot write`() throws {
    let scratch = try Scratch()
    let writer = try Connection(path: scratch.path, mode: .readWrite)
    try writer.execute("CREATE TABLE t (a)")
    let reader = try Connection(path: scratch.path, mode: .readOnly)
    try reader.snapshot {
        #expect(try reader.integer("SELECT count(*) FROM t") == 0)
        try writer.run("INSERT INTO t VALUES (1)")
        #expect(try reader.integer("SELECT count(*) FROM t") == 0)
    }
    #expect(try reader.integer("SELECT count(*) FROM t") == 1)
    #expect(throws: SQLiteError.self) { try reader.run("INSERT INTO t VALUES (1)") }
}

@Test func `a file that may grow no more says that it is full`() throws {
    let scratch = try Scratch()
    let connection = try Connection(path: scratch.path, mode: .readWrite)
    try connection.execute("CREATE TABLE t (a)")
    try connection.execute("PRAGMA max_page_count = 4")
    let error = #expect(throws: SQLiteError.self) {
        try connection.run("INSERT INTO t VALUES (zeroblob(100000))")
    }
    #expect(error?.isFull == true)
    #expect(error?.isIOError == false)
}

@Test func `closing makes no checkpoint`() throws {
    let scratch = try Scratch()
    func write() throws {
        let connection = try Connection(path: scratch.path, mode: .readWrite)
        try connection.execute("CREATE TABLE t (a); INSERT INTO t VALUES (1)")
        #expect(connection.walFrames > 0)
    }
    try write()
    // The pages are still in the WAL: without it the table is not there.
    let wal = try Data(contentsOf: URL(fileURLWithPath: scratch.path + "-wal"))
    #expect(wal.count > 4_096)
    let again = try Connection(path: scratch.path, mode: .readWrite)
    #expect(try again.integer("SELECT a FROM t") == 1)
    #expect(try again.checkpoint(.truncate).isComplete)
}
