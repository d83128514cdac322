import EventLog
import Foundation
import Operations
import Topics
import Trips

/// What `tacho dead-letters show` tells, as `--json` prints it.
struct DeadLetterReport: Encodable {
    struct Letter: Encodable {
        var position: String
        /// The upload or copy that failed; none where the headers do not say.
        var of: String?
        var time: String
        var reason: String
        var explanation: String
    }
    struct Header: Encodable {
        var name: String
        /// As text; none where it is no UTF-8.
        var value: String?
        var base64: String
    }
    /// What the value says, where it decodes.
    struct Said: Encodable {
        var user: String?
        var name: String?
        var vin: String?
        var content: String
        var points: Int?
        var firstPointAt: String?
        var lastPointAt: String?
    }

    var version: Int
    var upload: DeadLetterEntry
    var letters: [Letter]
    /// The letter whose record is told.
    var shown: String
    /// The record's key, headers and value; none where retention removed it.
    var keyBase64: String?
    var headers: [Header]?
    var valueBase64: String?
    var says: Said?
    /// Why the value does not decode.
    var undecodable: String?
    let original: OriginalRecord?

    static let goneText = "retention has removed the upload"
    /// Bytes of a value that are printed.
    private static let dumpedBytes = 512

    private enum CodingKeys: CodingKey {
        case version, upload, letters, shown, keyBase64, headers, valueBase64, says, undecodable
    }

    /// Reads the record of a letter.
    init(
        _ all: DeadLetters, _ origin: DeadLetterOrigin, _ letter: DeadLetter, now: Int64
    ) async throws {
        version = all.version.number
        upload = DeadLetterEntry(origin, now: now)
        letters = origin.letters.map {
            Letter(
                position: $0.position.description, of: $0.origin?.description,
                time: Moment.text($0.timestampMilliseconds), reason: $0.reason,
                explanation: $0.explanation)
        }
        shown = letter.position.description
        original = try await all.original(of: letter)
        guard let original else { return }
        keyBase64 = Data(original.key).base64EncodedString()
        headers = original.headers.map { header in
            Header(
                name: header.name, value: String(bytes: header.value, encoding: .utf8),
                base64: Data(header.value).base64EncodedString())
        }
        guard let value = original.value else { return }
        valueBase64 = Data(value).base64EncodedString()
        do {
            says = Said(try Topics.tripUploads.decode(value))
        } catch {
            undecodable = error.description
        }
    }

    func print() {
        Terminal.say(
            "\(upload.origin): \(upload.state), \(letters.count) dead letter"
                + (letters.count == 1 ? "" : "s") + " of version \(version)")
        for letter in letters {
            Terminal.say(
                "  \(letter.position) at \(letter.time): \(Terminal.printable(letter.reason)), "
                    + Terminal.printable(letter.explanation)
                    + (letter.of == upload.origin ? "" : "; of \(letter.of ?? "nobody knows what")")
            )
        }
        for copy in upload.copies { Terminal.say("  copy \(copy)") }
        guard let original else {
            Terminal.say(Self.goneText)
            return
        }
        Terminal.say("key: \(Terminal.printable(upload.trip))")
        for header in headers ?? [] {
            let name = Terminal.printable(header.name)
            let value = header.value.map { Terminal.printable($0) }
            Terminal.say("header \(name): \(value ?? "base64 \(header.base64.prefix(200))")")
        }
        guard let value = original.value else {
            Terminal.say("no value")
            return
        }
        if let says {
            Terminal.say("value: \(Terminal.bytes(Int64(value.count))), \(says.text)")
        } else {
            Terminal.say(
                "value: \(Terminal.bytes(Int64(value.count))), does not decode: "
                    + Terminal.printable(undecodable ?? ""))
            dump(value)
        }
    }

    private func dump(_ value: [UInt8]) {
        for start in stride(from: 0, to: min(value.count, Self.dumpedBytes), by: 16) {
            let row = value[start..<min(start + 16, value.count, Self.dumpedBytes)]
            let hex = row.map { String(format: "%02x", $0) }.joined(separator: " ")
            let text = row.map { (0x20..<0x7f).contains($0) ? Character(UnicodeScalar($0)) : "." }
            Terminal.say(
                String(format: "%08x  ", start)
                    + hex.padding(toLength: 47, withPad: " ", startingAt: 0)
                    + "  |\(String(text))|")
        }
        if value.count > Self.dumpedBytes {
            Terminal.say("and \(value.count - Self.dumpedBytes) bytes more; --raw FILE writes all")
        }
    }
}

extension DeadLetterReport.Said {
    fileprivate init(_ upload: Upload) {
        user = upload.user?.rawValue
        name = upload.name
        vin = upload.vin
        switch upload.content {
        case .start: content = "start"
        case .end: content = "end"
        case .deletion: content = "deletion"
        case .amendment: content = "amendment"
        case .correction: content = "correction of a point"
        case .removal: content = "removal of a point"
        case .report: content = "report of a point of interest"
        case .points(let batch):
            content = "points"
            points = batch.count
            let times = batch.map(\.timeMilliseconds)
            firstPointAt = times.min().map(Moment.text)
            lastPointAt = times.max().map(Moment.text)
        }
    }

    fileprivate var text: String {
        var text = "by \(user.map { Terminal.printable($0) } ?? "nobody"): "
        if let points, let firstPointAt, let lastPointAt {
            text += "\(points) points from \(firstPointAt) to \(lastPointAt)"
        } else {
            text += content
        }
        if let name { text += ", name \(Terminal.printable(name))" }
        if let vin { text += ", vin \(Terminal.printable(vin))" }
        return text
    }
}
