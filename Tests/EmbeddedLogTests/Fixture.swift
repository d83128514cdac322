import EmbeddedLog
import EventLog
import Foundation
import LogConformance
import Synchronization

/// A directory of its own for one test, gone with it.
final class Scratch: Sendable {
    let directory: String

    init(in parent: URL = URL(fileURLWithPath: NSTemporaryDirectory())) throws {
        directory = parent.resolvingSymlinksInPath().path + "/tacho-log-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
    }

    deinit {
        do {
            try FileManager.default.removeItem(atPath: directory)
        } catch {
            print("left behind: \(directory): \(error)")
        }
    }

    /// Where the log lies.
    var path: String { directory + "/log.sqlite" }
}

/// A clock that stands still until it is set.
final class HandClock: Sendable {
    private let time = Atomic<Int64>(1_700_000_000_000)

    func set(_ milliseconds: Int64) { time.store(milliseconds, ordering: .relaxed) }

    var now: Int64 { time.load(ordering: .relaxed) }
}

let trips = TopicName("trips")!
let trips0 = TopicPartition(trips, 0)

func newRecord(_ text: String, to topicPartition: TopicPartition = trips0) -> NewRecord {
    NewRecord(to: topicPartition, key: Array("k".utf8), value: Array(text.utf8))
}

func texts(_ records: [Record]) -> [String] {
    records.map { String(decoding: $0.value ?? [], as: UTF8.self) }
}

/// Everything in a partition.
func all(_ log: EmbeddedLog, _ topicPartition: TopicPartition = trips0) async throws -> [Record] {
    var records: [Record] = []
    var next = try await log.offsets(of: topicPartition.topic)[topicPartition]?.lowerBound ?? 0
    while true {
        let more = try await log.read(
            from: [topicPartition: next], limit: ReadLimit(), wait: .zero)
        guard let last = more.last else { return records }
        records += more
        next = last.position.offset + 1
    }
}
