import Foundation
import Synchronization
import Threads

/// A broker of our own, with a directory of its own.
final class BrokerProcess: Sendable {
    /// It ended by itself.
    struct Ended: Error {}

    /// The program is not there.
    struct NotInstalled: Error, CustomStringConvertible {
        let description: String
    }

    static let current = Mutex<BrokerProcess?>(nil)

    let address: String
    private let folder: URL
    private let process: Int32

    init(port: UInt16) throws {
        address = "127.0.0.1:\(port)"
        folder = FileManager.default.temporaryDirectory.appending(
            path: "tacho-broker-\(getpid())-\(port)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let arguments = [
            "setpriv", "--pdeathsig", "TERM", "python3", try Self.script(), "--port", String(port),
            "--data-dir", folder.path,
        ]
        let log = folder.appending(path: "broker.log").path
        let started = Mutex<Int32?>(nil)
        let semaphore = DispatchSemaphore(value: 0)
        // The kernel ends the broker with the thread that started it: this one never ends.
        Threads.Thread.start {
            started.withLock { $0 = Self.spawn(arguments, log: log) }
            semaphore.signal()
            while true { pause() }
        }
        semaphore.wait()
        guard let process = started.withLock({ $0 }) else { throw Ended() }
        self.process = process
    }

    /// Whether it has not ended.
    var isRunning: Bool {
        var status: Int32 = 0
        return waitpid(process, &status, WNOHANG) == 0
    }

    /// Ends it and removes what it kept.
    func stop() {
        kill(process, SIGTERM)
        for _ in 0..<500 where isRunning { poll(nil, 0, 10) }
        if isRunning { kill(process, SIGKILL) }
        try? FileManager.default.removeItem(at: folder)
    }

    private static func spawn(_ arguments: [String], log: String) -> Int32? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        let raw = arguments.map { strdup($0) }
        defer { for argument in raw { free(argument) } }
        var process: Int32 = 0
        let code = posix_spawnp(&process, "setpriv", &actions, nil, raw + [nil], environ)
        return code == 0 ? process : nil
    }

    /// What starts the broker and mends its answers.
    private static func script() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        guard FileManager.default.fileExists(atPath: root.appending(path: ".build/noida").path)
        else { throw NotInstalled(description: "no broker: run .ci/install test") }
        return root.appending(path: "Tests/noida/broker.py").path
    }
}
