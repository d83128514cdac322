import Access
import Foundation
import Testing
import Trips

/// The installation's key on disk.
@Suite struct KeyFileTests {
    private static func inDirectory(_ body: (String) async throws -> Void) async throws {
        let path = NSTemporaryDirectory() + "tacho-key-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(path)
    }

    @Test func `a key is made once, for its owner only`() async throws {
        try await Self.inDirectory { path in
            let file = path + "/key.pem"
            let key = try await KeyFile.readOrMake(file)
            #expect(try await KeyFile.readOrMake(file).id == key.id)
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
            #expect(mode as? Int == 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["key.pem"])
        }
    }

    @Test func `all who make it at once have the same`() async throws {
        try await Self.inDirectory { path in
            let keys = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<32 {
                    group.addTask { try await KeyFile.readOrMake(path + "/key.pem").id }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(keys.count == 1)
            #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["key.pem"])
        }
    }

    @Test func `a key that others may read is refused`() async throws {
        try await Self.inDirectory { path in
            let file = path + "/key.pem"
            _ = try await KeyFile.readOrMake(file)
            for mode in [0o640, 0o604, 0o666] {
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
                await #expect(throws: KeyFileProblem.readable(mode: mode)) {
                    try await KeyFile.readOrMake(file)
                }
            }
            try FileManager.default.setAttributes([.posixPermissions: 0o440], ofItemAtPath: file)
            _ = try await KeyFile.read(file, readers: .group)
        }
    }

    @Test func `what is no key is refused, and kept`() async throws {
        try await Self.inDirectory { path in
            let file = path + "/key.pem"
            for text in [
                "", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
            ] {
                try Data(text.utf8).write(to: URL(filePath: file))
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o600], ofItemAtPath: file)
                await #expect(throws: KeyFileProblem.notAKey) {
                    try await KeyFile.readOrMake(file)
                }
                #expect(try String(contentsOfFile: file, encoding: .utf8) == text)
            }
            await #expect(throws: KeyFileProblem.missing) {
                try await KeyFile.read(path + "/other.pem", readers: .owner)
            }
        }
    }

    @Test func `a key that another program made is read`() async throws {
        // The example key of RFC 8410, 10.3, and its public half.
        let key = try await InstallationKey(
            pem: """
                -----BEGIN PRIVATE KEY-----
                MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
                -----END PRIVATE KEY-----
                """)
        #expect(key.keySet.has(key.id))
        let own = Forge()
        #expect(try await InstallationKey(pem: own.pem).id == own.id)
    }
}
