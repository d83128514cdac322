import Foundation
import Synchronization

/// A process of `log-stress`, and the lines that it has printed.
final class Child: Sendable {
    private let process: Process
    private let lines = Mutex<[String]>([])
    private let rest = Mutex<[UInt8]>([])
    private let output: Pipe
    private let isDrained = Mutex(false)

    /// Starts `log-stress`, or another program that starts it.
    ///
    /// - Parameter prefix: a program and its arguments to put before it.
    init(_ arguments: [String], prefix: [String] = [], environment: [String: String] = [:]) throws {
        let process = Process()
        let command = prefix + [try Child.program()] + arguments
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let output = Pipe()
        process.standardOutput = output
        self.process = process
        self.output = output
        try process.run()
        let thread = Foundation.Thread { [self] in drain() }
        thread.start()
    }

    /// What it has printed so far.
    var printed: [String] { lines.withLock { $0 } }

    /// Waits, up to a minute, until it has printed so many lines.
    func printed(atLeast count: Int) async throws -> [String] {
        try await eventually("\(count) lines of a child") { self.printed.count >= count }
        return printed
    }

    /// Ends it as a power cut would, and returns all that it had printed.
    func kill() async throws -> [String] {
        Foundation.kill(process.processIdentifier, SIGKILL)
        return try await end().lines
    }

    /// Waits until it has ended by itself.
    func end() async throws -> (status: Int32, lines: [String]) {
        try await eventually("the end of a child") {
            !self.process.isRunning && self.isDrained.withLock { $0 }
        }
        return (process.terminationStatus, printed)
    }

    private func drain() {
        while true {
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { break }
            rest.withLock { rest in
                rest += data
                while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    let line = String(decoding: rest[..<end], as: UTF8.self)
                    lines.withLock { $0.append(line) }
                    rest.removeSubrange(...end)
                }
            }
        }
        isDrained.withLock { $0 = true }
    }

    /// `log-stress` lies where the tests lie.
    private static func program() throws -> String {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        var folder = URL(fileURLWithPath: tests).deletingLastPathComponent()
        for argument in CommandLine.arguments where argument.hasSuffix(".xctest") {
            folder = URL(fileURLWithPath: argument).deletingLastPathComponent()
        }
        return folder.appendingPathComponent("log-stress").path
    }
}

/// What was waited for in vain.
struct NeverHappened: Error {
    let what: String
}

/// Waits until a condition holds, up to a minute.
func eventually(
    _ what: String, within limit: Duration = .seconds(60),
    _ condition: @Sendable () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw NeverHappened(what: what) }
        try await Task.sleep(for: .milliseconds(5))
    }
}
