import SeededRandom

/// Bodies as phones send them, and worse.
struct BodyGenerator {
    var random: SplitMix

    init(seed: UInt64) { random = SplitMix(seed: seed) }

    /// A body of a few points, sometimes damaged.
    mutating func body() -> [UInt8] {
        var bytes = Array(object().utf8)
        if random.chance(50) { damage(&bytes) }
        return bytes
    }

    /// Points a line.
    mutating func lines() -> [String] {
        (0..<Int.random(in: 1...4, using: &random)).map { _ in point() }
    }

    private mutating func object() -> String {
        let points = (0..<Int.random(in: 1...3, using: &random)).map { _ in
            random.chance(97) ? point() : value()
        }
        var members = [#""points"\#(space()):[\#(space())\#(points.joined(separator: ","))]"#]
        if random.chance(30) {
            members.append(#""userId":"u\#(random.pick(["", "é", "\\u00e9"]))""#)
        }
        if random.chance(10) {
            members.append(#""\#(random.pick(["x", "Points", ""]))":\#(value())"#)
        }
        members.shuffle(using: &random)
        return space() + "{" + members.joined(separator: "," + space()) + "}" + space()
    }

    private mutating func point() -> String {
        var members = [
            #""time":\#(time())"#, #""latitude":\#(number(90))"#, #""longitude":\#(number(180))"#,
        ]
        if random.chance(5) { members.remove(at: Int.random(in: 0..<3, using: &random)) }
        if random.chance(60) { members.append(#""sequence":\#(sequence())"#) }
        let readings = [
            ("speedMps", 139.0), ("headingDegrees", 360), ("altitudeMeters", 15_000),
            ("accuracyMeters", 50), ("engineRpm", 20_000), ("throttlePercent", 100),
            ("engineLoadPercent", 100), ("massAirFlowGramsPerSecond", 656),
            ("fuelRateLitersPerHour", 3_213), ("unknown", 7),
        ]
        for (name, upper) in readings where random.chance(35) {
            members.append(#""\#(name)"\#(space()):\#(space())\#(number(upper))"#)
        }
        if random.chance(30) { members.shuffle(using: &random) }
        return "{" + space() + members.joined(separator: space() + ",") + "}"
    }

    private mutating func number(_ upper: Double) -> String {
        if random.chance(4) { return value() }
        let number = Double.random(in: -0.02 * upper...1.02 * upper, using: &random)
        if random.chance(10) { return "\(number)" }
        if random.chance(10) { return "\(Int(number))" }
        let factor = random.pick([10.0, 100, 1_000, 100_000, 10_000_000, 100_000_000])
        let text = "\((number * factor).rounded() / factor)"
        guard random.chance(10), !text.contains("e") else { return text }
        return text
            + random.pick(
                ["e0", "E-1", "e1", "e+2", "0000000000", "5"].filter {
                    text.contains(".") || $0.lowercased().hasPrefix("e")
                })
    }

    private mutating func sequence() -> String {
        random.chance(95) ? "\(Int.random(in: 0...100_000, using: &random))" : number(10)
    }

    private mutating func time() -> String {
        if random.chance(4) { return value() }
        let milliseconds = Int64.random(in: 946_000_000_000...1_717_400_000_000, using: &random)
        if random.chance(30) { return "\(milliseconds)" }
        func two(_ range: ClosedRange<Int>) -> String {
            let text = String(Int.random(in: range, using: &random))
            return text.count < 2 ? "0" + text : text
        }
        let date =
            "\(random.pick(["1999", "2000", "2016", "2023", "2024"]))-\(two(1...12))-\(two(1...29))"
        let fraction = random.pick(["", ".5", ".25", ".123", ".1239", ".000000001"])
        let zone = random.pick(["Z", "Z", "z", "+02:00", "-13:30", "+00:00", ""])
        return
            "\"\(date)\(random.pick(["T", "T", "t", " "]))\(two(0...23)):\(two(0...59)):\(two(0...60))\(fraction)\(zone)\""
    }

    private mutating func value() -> String {
        random.pick([
            "null", "true", "false", "{}", "[]", #""""#, #""a\n\u0041\ud834\udd1e\/""#, "-0", "0",
            "1e100",
            #"[1,[2,{"a":null}]]"#, #"{"time":1,"b":[true]}"#, "-255", #""47.6""#, #""é€𝄞""#,
            "1e-30",
        ])
    }

    private mutating func space() -> String {
        random.chance(90) ? "" : random.pick([" ", "\n", "\t\r "])
    }

    private mutating func damage(_ bytes: inout [UInt8]) {
        let alphabet =
            Array(#"{}[]",:0123456789eE+-.\u nt"#.utf8) + [0, 0x7f, 0x80, 0xc3, 0xff, 0x1f]
        for _ in 0..<Int.random(in: 1...2, using: &random) where !bytes.isEmpty {
            let at = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[at] = random.pick(alphabet)
            case 1: bytes.remove(at: at)
            case 2: bytes.insert(random.pick(alphabet), at: at)
            case 3: bytes.removeSubrange(at...)
            default:
                // Without a quotation mark no member comes twice: of two, the reference takes the
                // first and does not even look at the other.
                let slice = bytes[at...].prefix { $0 != UInt8(ascii: "\"") }.prefix(20)
                bytes.insert(contentsOf: slice, at: Int.random(in: bytes.indices, using: &random))
            }
        }
    }
}
