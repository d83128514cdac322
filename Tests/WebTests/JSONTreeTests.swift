import Testing

@testable import Web

struct JSONTreeTests {
    static func read(_ text: String) throws -> JSONTree { try JSONTree(Array(text.utf8)) }

    static func decimal(_ text: String) throws -> JSONDecimal {
        guard case .number(let decimal) = try read(text) else {
            throw JSONTree.Fault(offset: 0, reason: "no number")
        }
        return decimal
    }

    @Test func `a body is read with its numbers as they were written`() throws {
        let tree = try Self.read(
            """
             {"a": [1, -2.50, true, null], "b": {"c": "x\\n\\u00e9\\ud83d\\ude97 é"}, "a": {}}
            """)
        #expect(
            tree
                == .object([
                    .init(
                        name: "a",
                        value: .array([
                            .number(JSONDecimal(valid: "1")), .number(JSONDecimal(valid: "-2.50")),
                            .boolean(true), .null,
                        ])),
                    .init(
                        name: "b",
                        value: .object([.init(name: "c", value: .string("x\né🚗 é"))])),
                    .init(name: "a", value: .object([])),
                ]))
    }

    @Test(
        "what is no JSON is refused where it goes wrong",
        arguments: [
            ("", 0), ("{", 1), ("[1,]", 3), ("{\"a\" 1}", 5), ("{a:1}", 1), ("01", 1), ("1.", 2),
            ("-", 1), ("1e", 2), ("tru", 3), ("nul1", 3), ("1 2", 2), ("\"\\x\"", 2),
            ("\"\\ud800\"", 1), ("\"\u{1}\"", 1), ("[1 2]", 3), ("\"abc", 4),
        ])
    func refused(text: String, offset: Int) throws {
        let fault = #expect(throws: JSONTree.Fault.self) { try Self.read(text) }
        #expect(fault?.offset == offset, "\(text)")
    }

    @Test func `text that is no UTF-8, and nesting without end, are refused`() {
        #expect(throws: JSONTree.Fault.self) { try JSONTree([0x22, 0xc3, 0x28, 0x22]) }
        #expect(throws: JSONTree.Fault.self) {
            try Self.read(String(repeating: "[", count: 100_000))
        }
        #expect(throws: Never.self) {
            try Self.read(
                String(repeating: "[", count: JSONTree.depthLimit)
                    + String(repeating: "]", count: JSONTree.depthLimit))
        }
    }

    @Test(
        "a number is scaled exactly, halves away from zero",
        arguments: [
            ("57.3", 3, 57_300), ("0.0005", 3, 1), ("-0.0005", 3, -1), ("0.00049999", 3, 0),
            ("47.63971985", 7, 476_397_199), ("47.63971995", 7, 476_397_200), ("1e3", 2, 100_000),
            ("-1.25e-1", 2, -13),
            ("0", 7, 0), ("-0.0", 2, 0), ("0.05", 0, 0), ("0.5", 0, 1), ("99.5", 0, 100),
            ("123456789012345678", 0, 123_456_789_012_345_678),
        ])
    func scaled(text: String, places: Int, value: Int64) throws {
        #expect(try Self.decimal(text).scaled(places: places) == value)
    }

    @Test func `a number beyond 18 digits is none, and a whole one may be written in any way`()
        throws
    {
        #expect(try Self.decimal("1e18").scaled(places: 0) == nil)
        #expect(try Self.decimal("1e999999999999").scaled(places: 0) == nil)
        #expect(try Self.decimal("1e-999999999999").scaled(places: 0) == 0)
        #expect(try Self.decimal("2.0").whole == 2)
        #expect(try Self.decimal("20e-1").whole == 2)
        #expect(try Self.decimal("2.5").whole == nil)
        #expect(try Self.decimal("1e400").double == nil)
        #expect(try Self.decimal("10.27193484").double == 10.27193484)
    }
}
