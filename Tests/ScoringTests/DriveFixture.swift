import Foundation
import Testing
import Trips

/// A simulated drive with its true acceleration.
struct DriveFixture {
    let trip: String
    var points: [Point] = []
    /// Mean acceleration since the point before, m/s².
    var acceleration: [Double] = []

    struct Unreadable: Error {
        let file: String
        let detail: String
    }

    /// The drives of a fixture file, in its order.
    static func read(_ file: String) throws -> [DriveFixture] {
        var drives: [DriveFixture] = []
        for line in try text(of: file).split(whereSeparator: \.isNewline).dropFirst() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count == 6, let time = milliseconds(fields[1]),
                let latitude = Double(fields[2]), let longitude = Double(fields[3]),
                let acceleration = Double(fields[5])
            else { throw Unreadable(file: file, detail: String(line)) }
            if drives.last?.trip != String(fields[0]) {
                drives.append(DriveFixture(trip: String(fields[0])))
            }
            var point = Point(
                timeMilliseconds: time, latitudeE7: Int32((latitude * 1e7).rounded()),
                longitudeE7: Int32((longitude * 1e7).rounded()))
            if let speed = Double(fields[4]) {
                point.speedMetersPerHour = Int32((speed * 1_000).rounded())
            }
            drives[drives.count - 1].points.append(point)
            drives[drives.count - 1].acceleration.append(acceleration)
        }
        return drives
    }

    private static func text(of file: String) throws -> String {
        let url = Bundle.module.url(forResource: "Fixtures/\(file)", withExtension: nil)
        guard let path = url?.path else { throw Unreadable(file: file, detail: "missing") }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/gzip")
        process.arguments = ["-dc", path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Unreadable(file: file, detail: "gzip: \(process.terminationStatus)")
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// Milliseconds of the day of a time such as `2026-03-02T07:00:00.000Z`: enough for drives that
    /// all begin on one day.
    private static func milliseconds(_ text: Substring) -> Int64? {
        let digits = text.utf8.map { Int64($0) - 48 }
        guard digits.count == 24, text.hasPrefix("2026-03-02T") else { return nil }
        func number(_ places: Range<Int>) -> Int64 {
            digits[places].reduce(0) { $0 * 10 + $1 }
        }
        let seconds = number(11..<13) * 3_600 + number(14..<16) * 60 + number(17..<19)
        // 2026-03-02T00:00:00Z
        return 1_772_409_600_000 + seconds * 1_000 + number(20..<23)
    }
}
