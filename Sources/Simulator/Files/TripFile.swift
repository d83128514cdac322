internal import Foundation
internal import Trips

/// What a file of trips holds, and what was wrong with it.
///
/// CSV, JSON and GPX are told apart by their first character. A row that cannot be used is a
/// problem and the others are kept; a file without any usable row is an error.
public struct TripFile: Sendable {
    /// The file's name as it was given.
    public internal(set) var name: String
    /// The trips in the file's order, each with at least one point.
    public internal(set) var trips: [ImportedTrip] = []
    /// Rows that were left out: the first ``problemLimit`` of them.
    public internal(set) var problems: [FileProblem] = []
    /// How many rows were left out.
    public internal(set) var problemCount = 0
    /// Readings that were left out because no vehicle can show them, by their name in `/v1`.
    public internal(set) var droppedReadings: [String: Int] = [:]

    /// How many problems are kept in words.
    public static let problemLimit = 1_000

    /// Reads a file from the disk. Throws where it is unreadable, in no known format, or without a
    /// usable point.
    public static func read(path: String) throws(FileProblem) -> TripFile {
        let data: Data
        do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
            throw FileProblem(file: path, cause: .unreadable(error.localizedDescription))
        }
        return try TripFile(name: path, bytes: [UInt8](data))
    }

    /// Reads a file's bytes; otherwise as ``read(path:)``.
    public init(name: String, bytes: [UInt8]) throws(FileProblem) {
        self.name = name
        var text = bytes[...]
        if text.starts(with: [0xef, 0xbb, 0xbf]) { text = text.dropFirst(3) }
        let first = text.first { !($0 == 0x20 || (0x09...0x0d).contains($0)) }
        switch first {
        case UInt8(ascii: "{"), UInt8(ascii: "["): try readJSON(text)
        case UInt8(ascii: "<"): try readGPX(text)
        case nil: throw FileProblem(file: name, cause: .nothingUsable)
        case .some: try readCSV(text)
        }
        trips.removeAll { $0.points.isEmpty }
        if trips.isEmpty {
            throw problems.first ?? FileProblem(file: name, cause: .nothingUsable)
        }
    }

    mutating func leaveOut(_ place: FileProblem.Place, _ cause: FileProblem.Cause) {
        problemCount += 1
        guard problems.count < TripFile.problemLimit else { return }
        problems.append(FileProblem(file: name, place: place, cause: cause))
    }
}
