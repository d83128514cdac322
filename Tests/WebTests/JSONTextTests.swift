import Foundation
import Testing
import Web

struct JSONTextTests {
    @Test func `commas stand between members and elements and nowhere else`() {
        var json = JSONText()
        json.beginObject()
        json.member("a", integer: 1)
        json.key("b")
        json.beginArray()
        json.string("[")
        json.string("{")
        json.boolean(true)
        json.beginObject()
        json.endObject()
        json.null()
        json.endArray()
        json.member("c", string: nil)
        json.endObject()
        #expect(json.text == #"{"a":1,"b":["[","{",true,{},null],"c":null}"#)
    }

    @Test func `a line break begins a new value`() {
        var json = JSONText()
        json.integer(1)
        json.lineBreak()
        json.integer(2)
        #expect(json.text == "1\n2")
    }

    @Test func `every character survives`() throws {
        var text = "\"\\/\u{7f}\u{80}ÄÖ€𝄞\u{2028}"
        for code in UInt8.min..<0x20 { text.unicodeScalars.append(Unicode.Scalar(code)) }
        var json = JSONText()
        json.beginArray()
        json.string(text)
        json.endArray()
        let read = try JSONSerialization.jsonObject(with: Data(json.bytes)) as? [String]
        #expect(read == [text])
    }

    @Test(arguments: [
        (Int64(476_397_199), 7, "47.6397199"), (-5, 2, "-0.05"), (0, 7, "0"), (100, 2, "1"),
        (110, 2, "1.1"), (-1_800_000_000, 7, "-180"), (7, 0, "7"),
        (Int64.min, 0, "-9223372036854775808"),
        (Int64.max, 18, "9.223372036854775807"), (1, 18, "0.000000000000000001"),
    ])
    func `decimals are exact and short`(value: Int64, scale: Int, text: String) {
        var json = JSONText()
        json.decimal(value, scale: scale)
        #expect(json.text == text)
    }

    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"), (951_782_400_001, "2000-02-29T00:00:00.001Z"),
        (1_735_689_599_999, "2024-12-31T23:59:59.999Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ])
    func `times are RFC 3339 with milliseconds`(milliseconds: Int64, text: String) {
        var json = JSONText()
        json.time(milliseconds: milliseconds)
        #expect(json.text == "\"\(text)\"")
    }

    @Test func `days and dates are each other's inverse`() {
        var last = CivilDay.date(ofDay: -720_000)
        for number in Int64(-719_999)...800_000 {
            let date = CivilDay.date(ofDay: number)
            #expect(
                CivilDay.number(year: date.year, month: date.month, day: date.day) == number)
            let isNext =
                date.day == last.day + 1
                || (date.day == 1 && last.day == CivilDay.days(inMonth: last.month, of: last.year))
            guard isNext else {
                Issue.record("\(date) follows \(last)")
                return
            }
            last = date
        }
        #expect(CivilDay.number(year: 2000, month: 3, day: 1) == 11_017)
    }
}
