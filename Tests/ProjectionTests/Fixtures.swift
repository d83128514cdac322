import EventLog
import Foundation
@testable import Projection
import SQLite
import Topics
import Trips

/// A directory that goes with its test.
final class Scratch: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "tacho-projection-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var file: String { path + "/projection.v1.sqlite" }
}

/// The position of an upload.
func upload(_ offset: Int64, partition: Int = 0) -> Position {
    Position(TopicPartition(Topics.tripUploads.name, partition), offset: offset)
}

/// The position of a score.
func score(_ offset: Int64, partition: Int = 0) -> Position {
    Position(TopicPartition(Topics.tripScores(.first).name, partition), offset: offset)
}

/// The position of a change of a profile.
func users(_ offset: Int64) -> Position {
    Position(TopicPartition(Topics.users.name, 0), offset: offset)
}

func trip(_ name: String) -> TripID {
    guard let trip = TripID(name) else { preconditionFailure(name) }
    return trip
}

func user(_ name: String) -> UserID {
    guard let user = UserID(name) else { preconditionFailure(name) }
    return user
}

/// A row whose documents say which they are.
func row(
    _ name: String, user: String = "u", status: TripRow.Status = .driving, start: Int64 = 1_000,
    lastUpload: Int64 = 0, lastTime: Int64 = 5_000, score: Int64? = 90, meters: Int64 = 5_000
) -> TripRow {
    var row = TripRow(
        trip: trip(name), user: user, status: status, sortMilliseconds: start, partition: 0,
        lastUpload: lastUpload, lastUploadMilliseconds: lastTime)
    guard status != .deleted else { return row }
    row.score = score
    row.distanceMeters = meters
    row.durationMilliseconds = 60_000
    row.hardBrakes = 1
    row.document = Array(#"{"id":"\#(name)","lastUpload":\#(lastUpload)}"#.utf8)
    row.events = Array(#"{"events":[]}"#.utf8)
    row.message = [1, 2, 3]
    return row
}

/// Points a second apart, from a second of the year 2026 on.
func points(_ seconds: Range<Int64>) -> [Point] {
    seconds.map { second in
        Point(
            sequence: second, timeMilliseconds: 1_767_225_600_000 + second * 1_000,
            latitudeE7: 476_397_199 + Int32(second) * 1_000, longitudeE7: -1_221_306_499)
    }
}

/// A batch of one upload and the score that follows from it, offset by offset.
func batch(_ offsets: Range<Int64>, trips: Int64 = 3) -> ProjectionBatch {
    var batch = ProjectionBatch()
    for offset in offsets {
        let name = "trip-\(offset % trips)"
        let value = Topics.tripUploads.encode(
            Upload(user: user("u"), content: .points(points(offset * 10..<offset * 10 + 10))))
        batch.blocks.append(
            .init(
                position: upload(offset), trip: trip(name), milliseconds: 5_000 + offset,
                value: value))
        batch.trips.append(
            (score(offset), .row(row(name, start: offset % trips, lastUpload: offset))))
    }
    batch.progress[0] = offsets.upperBound
    batch.positions[upload(0).topicPartition] = offsets.upperBound
    batch.positions[score(0).topicPartition] = offsets.upperBound
    return batch
}

/// Everything in the file, a line a row.
func dump(_ scratch: Scratch) throws -> [String] {
    let connection = try Connection(path: scratch.file, mode: .readOnly)
    var lines: [String] = []
    for (table, order) in [
        ("positions", "topic, partition"), ("progress", "partition"), ("trips", "id"),
        ("blocks", "trip, upload"), ("totals", "user"), ("profiles", "id"),
        ("reported_pois", "trip, user, id"), ("ratings", "rating"),
    ] {
        let names = try connection.rows("SELECT name FROM pragma_table_info('\(table)')") {
            $0.string(0)
        }
        // Rows that are not there any more leave holes in the numbers, and users none in a rating.
        let columns = names.filter { $0 != "number" }.map { "quote(\($0))" }
        let kept = table == "ratings" ? "WHERE users <> 0" : ""
        lines += try connection.rows(
            "SELECT \(columns.joined(separator: "||'|'||")) FROM \(table) \(kept) ORDER BY \(order)"
        ) { "\(table): \($0.string(0))" }
    }
    return lines
}

/// The same as ``row(_:user:status:start:lastUpload:lastTime:score:meters:)``, where that name is
/// taken.
func exampleRow(
    _ name: String, user: String = "u", status: TripRow.Status = .driving, start: Int64 = 1_000
) -> TripRow {
    row(name, user: user, status: status, start: start)
}
