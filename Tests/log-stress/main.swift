import Backups
import EmbeddedLog
import EventLog
import Glibc

// A process that uses a log until it is killed; what it prints, it was told by the log.
//
//   log-stress append PATH NAME CALLERS COUNT   appends NAME.caller.step to topic `trips`, COUNT
//                                               times a caller, and prints each once it is durable
//   log-stress compact PATH NAME KEYS           appends 0, 1, … to topic `kept` under KEYS keys
//                                               NAME.key, and compacts it meanwhile; prints key
//                                               and number once they are durable
//   log-stress hold PATH GROUP MEMBER           joins, prints `joined`, and holds the group
//   log-stress tick PATH COUNT                  appends the monotonic time in ns, one at a time
//   log-stress backup DATA TO              makes a backup of a data directory
//   log-stress put PATH TOPIC                   appends each record that a line of its input says,
//                                               and prints its position: PARTITION KEY VALUE and
//                                               HEADER… with bytes in hex, a header's name before
//                                               `=`, and `-` for no value or an empty key

func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    precondition(write(1, bytes, bytes.count) == bytes.count, "standard output is gone")
}

/// Limits so low that checkpoints of both kinds come often.
var options = EmbeddedLog.Options()
options.passiveCheckpointBytes = 64 << 10
options.truncatingCheckpointBytes = 512 << 10
options.compaction.dirtyRecords = 8
options.compaction.dirtyRatio = 0.2
options.compaction.transactionRecords = 5
options.compaction.pause = .zero

func bytes(hex: some StringProtocol) -> [UInt8] {
    let digits = Array(hex)
    return stride(from: 0, to: digits.count - 1, by: 2).map {
        UInt8(String(digits[$0...$0 + 1]), radix: 16)!
    }
}

/// The record that a line says.
func record(_ line: String, of topic: TopicName) -> NewRecord {
    let words = line.split(separator: " ")
    return NewRecord(
        to: TopicPartition(topic, Int(words[0])!), key: words[1] == "-" ? [] : bytes(hex: words[1]),
        value: words[2] == "-" ? nil : bytes(hex: words[2]),
        headers: words[3...].map { word in
            let name = word.prefix { $0 != "=" }
            return Header(String(name), bytes(hex: word.dropFirst(name.count + 1)))
        })
}

let arguments = CommandLine.arguments
precondition(arguments.count >= 4, "log-stress append|compact|hold|tick|backup|put PATH …")
if arguments[1] == "backup" {
    _ = try Backup.make(
        of: arguments[2], to: arguments[3], build: "test", layout: 1, now: "now")
    exit(0)
}
if arguments[1] == "put" { options = EmbeddedLog.Options() }
let log = try EmbeddedLog(path: arguments[2], options: options)
let trips = TopicName("trips")!

switch arguments[1] {
case "append":
    let name = arguments[3]
    let count = Int(arguments[5])!
    let partitions = try await log.offsets(of: trips).count
    await withThrowingTaskGroup(of: Void.self) { group in
        for caller in 0..<Int(arguments[4])! {
            group.addTask {
                for step in 0..<count {
                    let text = "\(name).\(caller).\(step)"
                    let to = TopicPartition(trips, (caller + step) % partitions)
                    do {
                        _ = try await log.append([
                            NewRecord(
                                to: to, key: Array(name.utf8), value: Array(text.utf8),
                                headers: [Header("padding", [UInt8](repeating: 1, count: 500))])
                        ])
                        say(text)
                    } catch LogError.unavailable(let reason) {
                        say("unavailable \(text) \(reason)")
                    }
                }
            }
        }
    }
case "compact":
    let kept = TopicName("kept")!
    let compacting = Task {
        while !Task.isCancelled {
            // As if it were old.
            try await log.compact(now: systemMilliseconds() + 3_600_000)
        }
    }
    let keys = Int(arguments[4])!
    for number in 0... {
        let key = "\(arguments[3]).\(number % keys)"
        _ = try await log.append([
            NewRecord(
                to: TopicPartition(kept, number % keys % 2), key: Array(key.utf8),
                value: Array("\(number)".utf8))
        ])
        say("\(key) \(number)")
    }
    compacting.cancel()
case "hold":
    let member = try await log.join(group: arguments[3], topics: [trips], member: arguments[4])
    _ = try await member.poll(limit: ReadLimit(), wait: .zero)
    say("joined")
    while true { _ = try await member.poll(limit: ReadLimit(records: 1), wait: .seconds(60)) }
case "put":
    while let line = readLine() {
        say(try await log.append([record(line, of: TopicName(arguments[3])!)])[0].description)
    }
default:
    for _ in 0..<Int(arguments[3])! {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let nanoseconds = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        let to = TopicPartition(trips, 0)
        _ = try await log.append([
            NewRecord(to: to, key: [], value: Array("\(nanoseconds)".utf8))
        ])
        // Reads what it wrote and then waits a little, so that its readers wait again.
        _ = try await log.read(
            from: [to: try await log.offsets(of: trips)[to]!.upperBound], limit: ReadLimit(),
            wait: .milliseconds(5))
    }
}
await log.close()
