import Foundation

/// CPU time, and figures made of it.
enum Measure {
    /// User and system seconds that this process has used.
    static func ownSeconds() -> Double {
        // In microseconds, whatever the system: POSIX has it so.
        Double(clock()) / 1e6
    }

    /// User and system seconds that another process has used, to the kernel's tick of 10 ms.
    static func seconds(ofProcess id: Int) throws -> Double {
        let text = try String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)
        // The second field is a name in parentheses that may hold anything.
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12])
        else { throw Failed("/proc/\(id)/stat cannot be read") }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Repeats the work until it has taken a second of CPU, after one turn that does not count.
    ///
    /// - Parameter work: does some of it, and says how much.
    static func repeatedly(
        _ name: String, _ unit: String, load: String, _ work: () throws -> Int
    ) rethrows {
        _ = try work()
        let start = ownSeconds()
        var done = 0
        var spent = 0.0
        while spent < 1 {
            done += try work()
            spent = ownSeconds() - start
        }
        report(name, unit, done, spent, load: load)
    }

    /// Prints a figure.
    static func report(
        _ name: String, _ unit: String, _ work: Int, _ seconds: Double, load: String
    ) {
        print("\(name)\t\(unit)\t\(work)\t\(seconds)\t\(load)")
    }
}
