import EmbeddedLog
import EventLog
import Foundation
import SQLite
import Testing

@Test func `a log of a newer version is refused with what to do, and left as it is`() async throws {
    let scratch = try Scratch()
    let log = try EmbeddedLog(path: scratch.path)
    await log.close()
    try Connection(path: scratch.path, mode: .readWrite).execute("PRAGMA user_version = 99")
    try expectUnusable(scratch.path, saying: ["format 99", "newer"])
    let connection = try Connection(path: scratch.path, mode: .readWrite)
    #expect(try connection.integer("PRAGMA user_version") == 99)
}

@Test func `a SQLite file of another program is refused and left as it is`() throws {
    let scratch = try Scratch()
    // Made without this module's own settings: an application_id of 0, no WAL.
    let made = try Connection(path: scratch.path, mode: .readWrite)
    try made.execute("PRAGMA journal_mode = DELETE; CREATE TABLE other (x)")
    let before = try Data(contentsOf: URL(fileURLWithPath: scratch.path))
    try expectUnusable(scratch.path, saying: ["another program"])
    #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.path)) == before)
}

@Test func `a file that is no SQLite file is refused`() throws {
    let scratch = try Scratch()
    try Data(repeating: 0x5a, count: 8_192).write(to: URL(fileURLWithPath: scratch.path))
    try expectUnusable(scratch.path, saying: ["damaged"])
}

@Test func `an empty file becomes a log`() async throws {
    let scratch = try Scratch()
    try Data().write(to: URL(fileURLWithPath: scratch.path))
    let log = try EmbeddedLog(path: scratch.path)
    #expect(try await log.topics() == [])
    await log.close()
    let connection = try Connection(path: scratch.path, mode: .readWrite)
    #expect(try connection.integer("PRAGMA auto_vacuum") == 2)
    #expect(try connection.integer("PRAGMA user_version") == 2)
}

@Test func `a directory that is not there is named`() throws {
    try expectUnusable("/nowhere/log.sqlite", saying: ["/nowhere/log.sqlite"])
}

@Test func `migrations run in order, once, and an interrupted one again`() throws {
    let scratch = try Scratch()
    let connection = try Connection(path: scratch.path, mode: .readWrite)
    let first = Format(applicationID: 7, migrations: ["CREATE TABLE a (x)"])
    let second = Format(
        applicationID: 7, migrations: first.migrations + ["INSERT INTO a VALUES (1)"])
    #expect(try connection.bring(to: first) == .current)
    #expect(try connection.bring(to: second) == .current)
    #expect(try connection.bring(to: second) == .current)
    #expect(try connection.integer("SELECT count(*) FROM a") == 1)
    #expect(try connection.bring(to: first) == .newer(version: 2))
    let broken = Format(
        applicationID: 7,
        migrations: second.migrations + ["INSERT INTO a VALUES (2); INSERT INTO b VALUES (1)"])
    #expect(throws: SQLiteError.self) { try connection.bring(to: broken) }
    #expect(try connection.integer("SELECT count(*) FROM a") == 1)
    #expect(try connection.integer("PRAGMA user_version") == 2)
}

@Test(arguments: [
    (0x6969, "NFS"), (0xff53_4d42, "CIFS"), (0xfe53_4d42, "SMB2"), (0x0102_1997, "9p"),
    (0x6573_5546, "FUSE"), (Int(Int32(bitPattern: 0xff53_4d42)), "CIFS"),
])
func `a network file system is known by its number`(magic: Int, name: String) {
    #expect(FileSystem.untrusted(magic: magic) == name)
}

@Test(arguments: [0xef53, 0x0102_1994, 0x5846_5342, 0x9123_683e, 0x794c_7630, -1])
func `a local file system is trusted`(magic: Int) {
    #expect(FileSystem.untrusted(magic: magic) == nil)
}

private func expectUnusable(_ path: String, saying words: [String]) throws {
    let error = #expect(throws: LogError.self) { try EmbeddedLog(path: path) }
    guard case .unusable(let reason)? = error else {
        Issue.record("\(path): \(String(describing: error))")
        return
    }
    for word in words { #expect(reason.contains(word), "\(reason)") }
}
