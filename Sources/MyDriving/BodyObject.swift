internal import HTTPTypes
internal import Trips
internal import Web

/// An object of a body: its members by name, whatever the case, and where each stands.
///
/// MyDriving's services read names in any case, so clients write them in any. A member that is
/// `null` is as good as none.
struct BodyObject {
    /// The JSON pointer to the object.
    let pointer: String
    private let members: [String: JSONTree.Member]

    /// - Throws: 422 for anything but an object.
    init(_ tree: JSONTree, at pointer: String = "") throws(Problem) {
        guard case .object(let list) = tree else {
            throw .unfit(pointer, "The value must be an object.")
        }
        self.pointer = pointer
        var members: [String: JSONTree.Member] = [:]
        members.reserveCapacity(list.count)
        for member in list where member.value != .null {
            members[member.name.lowercased()] = member
        }
        self.members = members
    }

    /// The member, with its pointer.
    func value(_ name: String) -> (tree: JSONTree, pointer: String)? {
        guard let member = members[name.lowercased()] else { return nil }
        return (member.value, "\(pointer)/\(pointerStep(member.name))")
    }

    /// Text of at most so many characters, without control characters.
    func text(_ name: String, limit: Int) throws(Problem) -> String? {
        guard let (tree, pointer) = value(name) else { return nil }
        guard case .string(let text) = tree, text.count <= limit,
            Text.isPrintable(text, upTo: 4 * limit)
        else {
            throw .unfit(
                pointer,
                "\(name) must be a string of at most \(limit) characters without control "
                    + "characters.")
        }
        return text
    }

    /// A user's id; empty text is none.
    func user(_ name: String) throws(Problem) -> UserID? {
        guard let (tree, pointer) = value(name) else { return nil }
        guard case .string(let text) = tree, text.isEmpty || UserID(text) != nil else {
            throw .unfit(pointer, "\(name) must be \(UserID.allowed).")
        }
        return UserID(text)
    }

    /// A trip's id; empty text is none.
    func trip(_ name: String) throws(Problem) -> TripID? {
        guard let (tree, pointer) = value(name) else { return nil }
        guard case .string(let text) = tree, text.isEmpty || TripID(text) != nil else {
            throw .unfit(pointer, "\(name) must be \(TripID.allowed).")
        }
        return TripID(text)
    }

    /// True or false.
    func flag(_ name: String) throws(Problem) -> Bool? {
        guard let (tree, pointer) = value(name) else { return nil }
        guard case .boolean(let flag) = tree else {
            throw .unfit(pointer, "\(name) must be true or false.")
        }
        return flag
    }

    /// A number.
    func number(_ name: String) throws(Problem) -> JSONDecimal? {
        guard let (tree, pointer) = value(name) else { return nil }
        guard case .number(let number) = tree else {
            throw .unfit(pointer, "\(name) must be a number.")
        }
        return number
    }

    /// A number that is kept as it is, -255 too.
    func double(_ name: String) throws(Problem) -> Double? {
        guard let number = try number(name) else { return nil }
        guard let double = number.double else {
            throw .unfit(value(name)?.pointer, "\(name) must be a number that a double can hold.")
        }
        return double
    }

    /// A number in `range`, which is in units of 10^-`places`.
    func scaled(
        _ name: String, places: Int, in range: ClosedRange<Int64>
    ) throws(Problem) -> Int64? {
        guard let number = try number(name) else { return nil }
        guard let value = number.scaled(places: places), range.contains(value) else {
            throw .unfit(
                value(name)?.pointer,
                "\(name) must be a number from \(decimalText(range.lowerBound, places)) to "
                    + "\(decimalText(range.upperBound, places)).")
        }
        return value
    }

    /// An instant in epoch milliseconds, of RFC 3339; without an offset it is UTC, as .NET writes it.
    /// Empty text, and times of the year 1, are none.
    func time(_ name: String, latest: Int64) throws(Problem) -> Int64? {
        guard let (tree, pointer) = value(name) else { return nil }
        guard case .string(let text) = tree else { throw .unfit(pointer, Self.allowedTime(name)) }
        if text.isEmpty || text.hasPrefix("0001-") { return nil }
        guard let time = Self.milliseconds(text) ?? Self.milliseconds(text + "Z"),
            time >= PointLimits.earliestMilliseconds, time <= latest
        else { throw .unfit(pointer, Self.allowedTime(name)) }
        return time
    }

    private static func milliseconds(_ text: String) -> Int64? {
        Array(text.utf8).withUnsafeBufferPointer { Timestamp.milliseconds($0, 0, $0.count) }
    }

    private static func allowedTime(_ name: String) -> String {
        "\(name) must be a time of RFC 3339, such as 2018-04-19T19:08:16.03Z, from the year 2000 to "
            + "a day ahead."
    }
}

extension JSONDecimal {
    /// -255, which stands for a reading that is missing.
    var isMissing: Bool { whole == -255 }
}

extension Problem {
    /// 422 for a value that can be read and is not allowed.
    static func unfit(_ pointer: String?, _ detail: String) -> Problem {
        Problem(.unprocessableContent, "Not acceptable", detail: detail, pointer: pointer)
    }
}

/// `value` / 10^`places` as text.
private func decimalText(_ value: Int64, _ places: Int) -> String {
    var json = JSONText()
    json.decimal(value, scale: places)
    return json.text
}

/// A name as a step of a JSON pointer.
private func pointerStep(_ name: String) -> String {
    guard name.contains(where: { $0 == "~" || $0 == "/" }) else { return name }
    return name.map { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }.joined()
}
