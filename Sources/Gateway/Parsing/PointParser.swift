internal import HTTPTypes
internal import Trips
internal import Web

/// Reads points from JSON straight into ``Point``s: no tree, no copies, no floating point.
///
/// Strict RFC 8259. Bad syntax rejects the body, or in NDJSON the line; a value of a wrong type
/// or range rejects its point, or is dropped where it is an optional reading. Of two members of
/// one name the last counts; unknown ones are passed over.
struct PointParser {
    var body: UploadBody
    private var cursor: JSONCursor
    private let limits: GatewayLimits
    private let latest: Int64
    private var needsPoints = true
    /// Where the parser is, for the pointer of a fault.
    private var prefix = ""
    private var index: Int?
    private var member: JSONString?

    /// - Parameter latest: the latest time that a point may have, in epoch milliseconds.
    init(_ bytes: UnsafeBufferPointer<UInt8>, limits: GatewayLimits, latest: Int64) {
        cursor = JSONCursor(bytes)
        self.limits = limits
        self.latest = latest
        body = UploadBody(limits: limits)
        // A byte order mark is no JSON, but RFC 8259 lets a reader pass over it.
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { cursor.at = 3 }
    }

    /// Reads `{"userId"?, "name"?, "vin"?, "points": [point…]}`.
    ///
    /// - Throws: 400 for bad syntax, with offset and pointer; 422 for anything else.
    mutating func readObject() throws(Problem) {
        do {
            var problem: Problem?
            cursor.skipSpace()
            if cursor.next == UInt8(ascii: "{") {
                problem = try members()
            } else {
                try cursor.skipValue(depth: limits.depth)
                problem = .unprocessable("", "The body must be an object.")
            }
            cursor.skipSpace()
            if !cursor.isAtEnd { throw cursor.fault(.trailing) }
            if let problem { throw problem }
        } catch let fault as JSONFault {
            throw syntax(fault)
        } catch let problem as Problem {
            throw problem
        } catch {
            preconditionFailure("neither fault nor problem: \(error)")
        }
    }

    /// Reads a point a line; blank lines are none, and are not counted.
    ///
    /// - Throws: 422 for too many lines; a line with bad syntax is rejected by itself.
    mutating func readLines() throws(Problem) {
        let whole = cursor.bytes
        var start = cursor.at
        var count = 0
        while start < whole.count {
            let end = whole[start...].firstIndex(of: UInt8(ascii: "\n")) ?? whole.count
            cursor = JSONCursor(UnsafeBufferPointer(rebasing: whole[start..<end]))
            start = end + 1
            cursor.skipSpace()
            if cursor.isAtEnd { continue }
            try begin(count)
            do throws(JSONFault) {
                let draft = try readPoint()
                cursor.skipSpace()
                if !cursor.isAtEnd { throw cursor.fault(.trailing) }
                take(draft)
            } catch {
                let pointer = pointer
                body.rejected.add(
                    PointRemark(
                        index: count, pointer: pointer,
                        reason: "byte \(error.offset) of the line: \(error.reason.rawValue)"))
            }
            count += 1
        }
    }

    /// Reads `{"userId"?, "name"?, "vin"?}` and passes over everything else.
    ///
    /// - Throws: as ``readObject()``.
    mutating func readFacts() throws(Problem) {
        needsPoints = false
        try readObject()
    }

    /// Reads the members of the body; its problem, if what it says cannot be used.
    private mutating func members() throws -> Problem? {
        cursor.at += 1
        cursor.skipSpace()
        var problems: [String: Problem] = [:]
        var hasPoints = false
        if !cursor.passes(UInt8(ascii: "}")) {
            repeat {
                let key = try cursor.key()
                member = key
                let name = cursor.text(of: key)
                switch name {
                case "points" where needsPoints:
                    hasPoints = true
                    problems[name] = try points()
                case "userId", "name", "vin":
                    problems[name] = try setText(name)
                default: try cursor.skipValue(depth: limits.depth - 1)
                }
                member = nil
            } while try cursor.hasMore(until: UInt8(ascii: "}"))
        }
        if needsPoints, !hasPoints {
            problems["points"] = .unprocessable("/points", "points is missing: an array of points.")
        }
        return ["userId", "name", "vin", "points"].lazy.compactMap { problems[$0] }.first
    }

    private mutating func setText(_ name: String) throws(JSONFault) -> Problem? {
        var text: String?
        switch cursor.next {
        case UInt8(ascii: "\""): text = cursor.text(of: try cursor.string())
        case UInt8(ascii: "n"): try cursor.literal()
        default:
            try cursor.skipValue(depth: limits.depth - 1)
            return .unprocessable("/\(name)", "\(name) must be a string.")
        }
        do {
            try body.set(name, text)
            return nil
        } catch {
            return error
        }
    }

    private mutating func points() throws -> Problem? {
        body.points.removeAll()
        body.rejected = PointRemarks(limit: limits.remarks)
        body.warnings = PointRemarks(limit: limits.remarks)
        guard cursor.next == UInt8(ascii: "[") else {
            try cursor.skipValue(depth: limits.depth - 1)
            return .unprocessable("/points", "points must be an array of points.")
        }
        cursor.at += 1
        cursor.skipSpace()
        if cursor.passes(UInt8(ascii: "]")) { return nil }
        prefix = "/points"
        // Shorter points than this are rare; more room than for the limit is never needed.
        let likely = (cursor.bytes.count - cursor.at) / 64 + 1
        body.points.reserveCapacity(min(limits.points, likely))
        var count = 0
        repeat {
            try begin(count)
            take(try readPoint())
            count += 1
        } while try cursor.hasMore(until: UInt8(ascii: "]"))
        // Not deferred: a fault is to be found where it lies.
        prefix = ""
        index = nil
        return nil
    }

    private mutating func begin(_ count: Int) throws(Problem) {
        guard count < limits.points else {
            throw .unprocessable(
                "/points", "An upload has 1 to \(limits.points) points; send the rest in another.")
        }
        index = count
        member = nil
    }

    /// Reads one point; nil where the value is no object.
    @inline(__always)
    private mutating func readPoint() throws(JSONFault) -> PointDraft? {
        guard cursor.next == UInt8(ascii: "{") else {
            try cursor.skipValue(depth: limits.depth - 2)
            return nil
        }
        cursor.at += 1
        cursor.skipSpace()
        var draft = PointDraft()
        if !cursor.passes(UInt8(ascii: "}")) {
            repeat {
                try readMember(into: &draft)
            } while try cursor.hasMore(until: UInt8(ascii: "}"))
            member = nil
        }
        return draft
    }

    /// Takes or rejects a point that was read.
    @inline(__always)
    private mutating func take(_ draft: PointDraft?) {
        if let draft, draft.isGood {
            body.points.append(draft.point)
        } else {
            takeFaulty(draft)
        }
    }

    @inline(__always)
    private mutating func readMember(into draft: inout PointDraft) throws(JSONFault) {
        let key = try cursor.key()
        member = key
        guard let field = field(of: key) else {
            return try cursor.skipValue(depth: limits.depth - 3)
        }
        switch cursor.next {
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            draft.set(field, try cursor.number(), latest: latest, in: cursor.bytes)
        case UInt8(ascii: "\""):
            let text = try cursor.string()
            guard field == .time else { return draft.reject(field, .wrongType) }
            draft.setTime(time(text), latest: latest)
        case UInt8(ascii: "n"):
            try cursor.literal()
            draft.miss(field)
        default:
            try cursor.skipValue(depth: limits.depth - 3)
            draft.reject(field, .wrongType)
        }
    }

    @inline(__always)
    private func field(of key: JSONString) -> PointField? {
        if key.hasEscapes {
            return Array(cursor.text(of: key).utf8).withUnsafeBytes { PointField($0) }
        }
        return PointField(
            UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: cursor.bytes[key.start..<key.end]))
        )
    }

    @inline(__always)
    private func time(_ text: JSONString) -> Int64? {
        if text.hasEscapes {
            return Array(cursor.text(of: text).utf8).withUnsafeBufferPointer {
                Timestamp.milliseconds($0, 0, $0.count)
            }
        }
        return Timestamp.milliseconds(cursor.bytes, text.start, text.end)
    }

    /// Takes or rejects a point with which something is wrong, and says what.
    @inline(never)
    private mutating func takeFaulty(_ draft: PointDraft?) {
        let index = index ?? 0
        let prefix = prefix
        guard let draft else {
            body.rejected.add(
                PointRemark(
                    index: index, pointer: "\(prefix)/\(index)", reason: "a point must be an object"
                ))
            return
        }
        if let (field, fault) = draft.rejection {
            body.rejected.add(
                PointRemark(
                    index: index, pointer: "\(prefix)/\(index)/\(field.name)",
                    reason: fault.reason(field)))
            return
        }
        for (field, fault) in draft.drops {
            body.warnings.add(
                PointRemark(
                    index: index, pointer: "\(prefix)/\(index)/\(field.name)",
                    reason: fault.reason(field)))
        }
        body.points.append(draft.point)
    }

    /// Where the parser is.
    private var pointer: String {
        var pointer = prefix
        if let index { pointer += "/\(index)" }
        if let member {
            let key = cursor.text(of: member)
            pointer += "/" + key.replacing("~", with: "~0").replacing("/", with: "~1")
        }
        return pointer
    }

    private func syntax(_ fault: JSONFault) -> Problem {
        var problem = Problem(
            .badRequest, "Not JSON",
            detail: "Byte \(fault.offset): \(fault.reason.rawValue).", pointer: pointer)
        var offset = JSONText()
        offset.integer(Int64(fault.offset))
        problem.members = [Problem.Member("offset", offset)]
        return problem
    }
}
