/// A small reader of XML without a document type: names, attributes, text and their nesting.
///
/// A document type declaration is refused, and with it every entity that a file could define:
/// nothing outside the file is ever opened, and nothing inside it grows.
struct XMLScanner {
    /// What comes next in a text.
    enum Token: Equatable {
        /// A tag that opens; a tag that is empty is followed by its ``close``.
        case open(name: String, attributes: [String: String])
        /// A tag that closes.
        case close(name: String)
        /// Letters between tags.
        case text(String)
    }

    /// Why a text cannot be read.
    struct Failure: Error, Equatable {
        var line: Int
        var reason: String
    }

    private let text: ArraySlice<UInt8>
    private var index: Int
    private var open: [String] = []
    private var closesNext = false
    /// Lines that end before an index, so that no line is counted twice.
    private var counted: (index: Int, lines: Int)

    /// How deep tags may nest.
    static let depthLimit = 64

    init(_ text: ArraySlice<UInt8>) {
        self.text = text
        index = text.startIndex
        counted = (index, 0)
    }

    /// The line of what was read last, from 1.
    mutating func line() -> Int {
        counted.lines += text[counted.index..<index].count { $0 == UInt8(ascii: "\n") }
        counted.index = index
        return counted.lines + 1
    }

    /// The next token, names without their prefix; nil at the end.
    mutating func next() throws(Failure) -> Token? {
        if closesNext {
            closesNext = false
            return .close(name: open.removeLast())
        }
        while index < text.endIndex {
            if text[index] != UInt8(ascii: "<") {
                let start = index
                while index < text.endIndex, text[index] != UInt8(ascii: "<") { index += 1 }
                return .text(try decoded(text[start..<index]))
            }
            if skip("<!--") {
                _ = try until("-->")
            } else if skip("<![CDATA[") {
                return .text(String(decoding: try until("]]>"), as: UTF8.self))
            } else if skip("<?") {
                _ = try until("?>")
            } else if skip("<!") {
                throw failure("document type declarations are not read")
            } else if skip("</") {
                let name = local(try until(">"))
                guard open.popLast() == name else { throw failure("</\(name)> closes nothing") }
                return .close(name: name)
            } else {
                index += 1
                return try tag()
            }
        }
        if let name = open.last { throw failure("<\(name)> is not closed") }
        return nil
    }

    private mutating func tag() throws(Failure) -> Token {
        let nameEnd = text[index...].firstIndex { isSpace($0) || $0 == 0x3e || $0 == 0x2f }
        guard let nameEnd, nameEnd > index else { throw failure("a tag without a name") }
        let name = local(text[index..<nameEnd])
        index = nameEnd
        guard open.count < XMLScanner.depthLimit else { throw failure("tags nest too deep") }
        open.append(name)
        var attributes: [String: String] = [:]
        while true {
            skipSpace()
            if skip("/>") {
                closesNext = true
                break
            }
            if skip(">") { break }
            let key = local(try until("="))
            skipSpace()
            guard index < text.endIndex,
                text[index] == UInt8(ascii: "\"") || text[index] == UInt8(ascii: "'")
            else { throw failure("an attribute without quotes") }
            let quote = text[index]
            index += 1
            guard let end = text[index...].firstIndex(of: quote) else {
                throw failure("an attribute that does not end")
            }
            attributes[key] = try decoded(text[index..<end])
            index = end + 1
        }
        return .open(name: name, attributes: attributes)
    }

    private mutating func failure(_ reason: String) -> Failure {
        Failure(line: line(), reason: reason)
    }

    private func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09
    }

    private mutating func skipSpace() {
        while index < text.endIndex, isSpace(text[index]) { index += 1 }
    }

    private mutating func skip(_ word: String) -> Bool {
        guard text[index...].starts(with: word.utf8) else { return false }
        index += word.utf8.count
        return true
    }

    /// What stands before a word, which is passed too.
    private mutating func until(_ word: String) throws(Failure) -> ArraySlice<UInt8> {
        let start = index
        while index < text.endIndex {
            let here = index
            if skip(word) { return text[start..<here] }
            index += 1
        }
        throw failure("expected \(word)")
    }

    /// A name without prefix and spaces around it.
    private func local(_ name: ArraySlice<UInt8>) -> String {
        let trimmed = name.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
        let whole = String(decoding: Array(trimmed), as: UTF8.self)
        return whole.split(separator: ":").last.map(String.init) ?? whole
    }

    private mutating func decoded(_ part: ArraySlice<UInt8>) throws(Failure) -> String {
        guard part.contains(UInt8(ascii: "&")) else {
            return String(decoding: part, as: UTF8.self)
        }
        var result: [UInt8] = []
        var rest = part
        while let start = rest.firstIndex(of: UInt8(ascii: "&")) {
            result += rest[..<start]
            let end = rest[start...].prefix(12).firstIndex(of: UInt8(ascii: ";"))
            guard let end, let scalar = entity(rest[(start + 1)..<end]) else {
                throw failure("an entity that XML does not name")
            }
            result.append(contentsOf: Character(scalar).utf8)
            rest = rest[(end + 1)...]
        }
        return String(decoding: result + rest, as: UTF8.self)
    }

    private func entity(_ name: ArraySlice<UInt8>) -> Unicode.Scalar? {
        let word = String(decoding: name, as: UTF8.self)
        switch word {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default: break
        }
        if word.hasPrefix("#x") {
            return UInt32(word.dropFirst(2), radix: 16).flatMap { Unicode.Scalar($0) }
        }
        return word.hasPrefix("#")
            ? UInt32(word.dropFirst()).flatMap { Unicode.Scalar($0) } : nil
    }
}
