import Foundation
import SeededRandom
import Testing
import Trips

@testable import Gateway

struct NumberTests {
    static let units: [(JSONNumber.ScaledUnit, Decimal)] = [
        (.one, 1), (.position, 10_000_000), (.speed, 3_600), (.hundredths, 100),
    ]

    /// The number of a text, scaled.
    func scaled(_ text: String, _ unit: JSONNumber.ScaledUnit) throws -> JSONNumber.Scaled {
        try Array(text.utf8).withUnsafeBufferPointer { bytes in
            var cursor = JSONCursor(bytes)
            let number = try cursor.number()
            #expect(cursor.isAtEnd)
            return number.scaled(by: unit, in: bytes)
        }
    }

    @Test(
        arguments: [
            ("47.63971985", Int64(476_397_199)),
            ("47.63971984999999999999999999999999", 476_397_198),
            ("-47.63971985", -476_397_199), ("-0", 0), ("-0.0", 0), ("0.00000005", 1),
            ("0.000000049999999999999999999999", 0), ("4763971985e-8", 476_397_199),
            ("1E+1", 100_000_000),
            ("1e0", 10_000_000), ("0e999999999999999999999", 0), ("1e-999999999999999999999", 0),
            ("1e999999999999999999999", Int64.max), ("-1e400", Int64.min),
            ("90.00000004", 900_000_000),
            ("0.0000000000000000000000000000000000000000000000000000001e55", 10_000_000),
            ("1234567890123456789012345678901234567890e-39", 12_345_679),
            ("99999999999", 999_999_999_990_000_000), ("100000000000", Int64.max),
        ] as [(String, Int64)])
    func `a position is rounded half away from zero at 1e-7`(text: String, value: Int64) throws {
        #expect(try scaled(text, .position).value == value)
    }

    @Test(
        arguments: [
            ("0.0001388888888888888888888888888888888888888", Int64(0)),
            ("0.0001388888888888888888888888888888888888889", 1), ("13.9", 50_040),
            ("0.000138888888888888888", 0), ("0.000138888888888888889", 1), ("-0.00125", -5),
            ("0.00125", 5), ("0.00124999999999999999999999999999", 4), ("138.888888888", 500_000),
        ] as [(String, Int64)])
    func `a speed is rounded half away from zero at a metre per hour`(
        text: String, value: Int64
    ) throws {
        #expect(try scaled(text, .speed).value == value)
    }

    @Test(arguments: [
        ("5", true), ("5.0", true), ("5e0", true), ("50e-1", true), ("5.5", false),
        ("5.00000000000000000000000000000000000001", false), ("5.00000000000000000000000000", true),
        ("0.5e1", true), ("9007199254740991", true), ("1e17", true), ("1e18", false),
    ])
    func `a whole number is known however it is written`(text: String, isExact: Bool) throws {
        #expect(try scaled(text, .one).isExact == isExact)
    }

    @Test func `numbers agree with decimal arithmetic`() throws {
        for seed in UInt64(0)..<20_000 {
            var random = SplitMix(seed: seed)
            func digits(_ count: ClosedRange<Int>) -> String {
                (0..<Int.random(in: count, using: &random)).map { _ in
                    String(Int.random(in: 0...9, using: &random))
                }.joined()
            }
            var text = random.chance(50) ? "-" : ""
            text +=
                random.chance(30) ? "0" : "\(Int.random(in: 1...9, using: &random))" + digits(0...9)
            if random.chance(80) { text += "." + digits(1...14) + (random.chance(20) ? "5" : "") }
            if random.chance(40) {
                text += random.pick(["e", "E", "e+", "e-", "E-"]) + digits(1...1)
            }
            let exact = try #require(Decimal(string: text))
            for (unit, factor) in Self.units {
                var product = exact * factor
                var rounded = Decimal()
                NSDecimalRound(&rounded, &product, 0, .plain)
                let scaled = try scaled(text, unit)
                guard abs(rounded) < Decimal(sign: .plus, exponent: 18, significand: 1) else {
                    continue
                }
                #expect(Decimal(scaled.value) == rounded, "seed \(seed): \(text) times \(factor)")
                #expect(scaled.isExact == (rounded == product), "seed \(seed): \(text)")
            }
        }
    }

    @Test(arguments: [
        "", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "1.e1", "00", "1..2", "0x1",
    ])
    func `what is no number is bad syntax`(text: String) throws {
        #expect(throws: (any Error).self) { try read(onePoint(#""x":\#(text)"#)) }
    }
}
