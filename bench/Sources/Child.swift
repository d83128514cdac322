import Foundation

/// A program whose CPU time is wanted.
final class Child {
    private let process: pid_t

    /// Starts it; what it says goes to standard error.
    init(_ command: [String]) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, 2, 1)
        // The threads of this process hear no signals, which a child would inherit.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let words = command.map { strdup($0) }
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, command[0], &actions, &attributes, words + [nil], environ)
        guard code == 0 else { throw Failed("\(command[0]): \(String(cString: strerror(code)))") }
        self.process = process
    }

    /// - Throws: where it has ended by itself.
    func mustRun() throws {
        var status: Int32 = 0
        guard waitpid(process, &status, WNOHANG) == 0 else { throw Failed("it ended by itself") }
    }

    /// Stops it by SIGTERM.
    ///
    /// - Returns: the user and system seconds of its life.
    func end() throws -> Double {
        kill(process, SIGTERM)
        return try wait()
    }

    /// Waits until it ends by itself.
    ///
    /// - Returns: the user and system seconds of its life.
    func wait() throws -> Double {
        var status: Int32 = 0
        var usage = rusage()
        guard wait4(process, &status, 0, &usage) == process, status == 0 else {
            throw Failed("it ended with status \(status)")
        }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    private func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1e6
    }
}
