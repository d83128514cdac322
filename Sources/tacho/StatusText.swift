/// What `tacho status` prints for people.
extension StatusReport {
    func print() {
        Terminal.say("live version \(liveVersion), rules \(rules) \(rulesHash)")
        for version in kept where version.version != liveVersion {
            Terminal.say(
                "\(version.state) version \(version.version), rules \(version.rules) "
                    + version.rulesHash + (version.slot.map { ", slot \($0)" } ?? ""))
        }
        for group in groups { group.print() }
        if groups.contains(where: { $0.lagState == nil }) {
            Terminal.say(
                "  ?: so short a look (\(watch.looks) in \(watch.seconds) s) does not tell;"
                    + " --watch SECONDS looks on")
        }
        for latency in endToEnd {
            Terminal.say(
                "end to end, version \(latency.version): upload to score p50 \(latency.p50Seconds)"
                    + " s, p99 \(latency.p99Seconds) s over the last \(latency.scores) scores")
        }
        for topic in topics {
            Terminal.say(
                "topic \(topic.name): \(topic.records) records in \(topic.partitions) partitions")
        }
        Terminal.say("dead letters: \(deadLetters)")
        for reason in deadLetterReasons {
            Terminal.say("  version \(reason.version), \(reason.reason): \(reason.letters)")
        }
        guard !disk.isEmpty else { return }
        Terminal.say("disk: \(Terminal.bytes(diskBytes)) in \(data)")
        for file in disk where file.bytes > 0 {
            Terminal.say("  \(file.name): \(Terminal.bytes(file.bytes))")
        }
    }
}

extension StatusReport.Group {
    fileprivate func print() {
        // A reader keeps its positions itself: that its group is empty says nothing.
        let isMirror = name.hasPrefix("reader.") && members.isEmpty
        Terminal.say(
            "group \(name): \(lagState ?? "?"), lag \(lagRecords) records, \(lagSeconds) s; "
                + (isMirror ? "as the reader last told" : state))
        for member in members {
            let host = member.host.isEmpty ? "" : " on \(member.host)"
            let held = member.partitions.sorted { $0.key < $1.key }
                .map { "\($0) \(runs(of: $1))" }.joined(separator: ", ")
            Terminal.say("  member \(member.name)\(host)" + (held.isEmpty ? "" : ": \(held)"))
        }
        for partition in partitions ?? [] {
            Terminal.say(
                "  \(partition.topic)/\(partition.partition): \(partition.lagState ?? "?"),"
                    + " at \(partition.position) of \(partition.end),"
                    + " lag \(partition.lagRecords) records, \(partition.lagSeconds) s")
        }
    }
}

/// Numbers as their runs: `0-3 7`.
///
/// - Parameter numbers: sorted, each once.
private func runs(of numbers: [Int]) -> String {
    var runs: [ClosedRange<Int>] = []
    for number in numbers {
        if let last = runs.last, last.upperBound + 1 == number {
            runs[runs.count - 1] = last.lowerBound...number
        } else {
            runs.append(number...number)
        }
    }
    return runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
        .joined(separator: " ")
}
