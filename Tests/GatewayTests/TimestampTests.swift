import Foundation
import SeededRandom
import Testing
import Web

@testable import Gateway

struct TimestampTests {
    static func milliseconds(_ text: String) -> Int64? {
        Array(text.utf8).withUnsafeBufferPointer { Timestamp.milliseconds($0, 0, $0.count) }
    }

    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", Int64(0)), ("2024-05-01T12:00:00.000Z", 1_714_564_800_000),
            ("2024-05-01T14:00:00+02:00", 1_714_564_800_000),
            ("2024-04-30T22:30:00-13:30", 1_714_564_800_000),
            ("2024-05-01t12:00:00z", 1_714_564_800_000),
            ("2024-05-01 12:00:00-00:00", 1_714_564_800_000),
            ("2024-05-01T12:00:00.1Z", 1_714_564_800_100),
            ("2024-05-01T12:00:00.1239999999999999999999999Z", 1_714_564_800_123),
            ("2024-02-29T00:00:00Z", 1_709_164_800_000), ("2000-02-29T00:00:00Z", 951_782_400_000),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000),
            ("2017-01-01T01:59:60.5+02:00", 1_483_228_800_500),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
            ("0001-01-01T00:00:00Z", -62_135_596_800_000),
        ] as [(String, Int64)])
    func `a time of RFC 3339 is read`(text: String, milliseconds: Int64) {
        #expect(Self.milliseconds(text) == milliseconds)
    }

    @Test(arguments: [
        "", "2024-05-01", "2024-05-01T12:00:00", "2024-05-01T12:00Z", "2024-5-01T12:00:00Z",
        "2024-13-01T12:00:00Z", "2024-00-01T12:00:00Z", "2023-02-29T12:00:00Z",
        "2100-02-29T00:00:00Z",
        "2024-04-31T12:00:00Z", "2024-05-00T12:00:00Z", "2024-05-01T24:00:00Z",
        "2024-05-01T12:60:00Z",
        "2024-05-01T12:00:61Z", "2024-05-01T12:00:60Z", "2024-05-01T12:00:00.Z",
        "2024-05-01T12:00:00.1",
        "2024-05-01T12:00:00+02", "2024-05-01T12:00:00+0200", "2024-05-01T12:00:00+24:00",
        "2024-05-01T12:00:00+02:60", "2024-05-01T12:00:00ZZ", "2024-05-01T12:00:00,5Z",
        "2024-05-01X12:00:00Z", "+024-05-01T12:00:00Z", "2024-05-01T12:00:00.5+",
        "2024-W18-3T12:00:00Z",
        " 2024-05-01T12:00:00Z", "2024-05-01T12:00:00Z ", "2024-05-01T12:00:00\u{0}",
    ])
    func `anything else is no time`(text: String) {
        #expect(Self.milliseconds(text) == nil)
    }

    @Test func `times agree with the C library's calendar`() {
        var random = SplitMix(seed: 7)
        for _ in 0..<20_000 {
            let seconds = Int.random(in: -62_135_596_800...253_402_300_799, using: &random)
            var time = seconds
            var parts = tm()
            gmtime_r(&time, &parts)
            let offset = Int.random(in: -1_439...1_439, using: &random)
            let text = String(
                format: "%04d-%02d-%02dT%02d:%02d:%02d%@%02d:%02d", Int32(parts.tm_year) + 1900,
                parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                offset < 0 ? "-" : "+", Int32(abs(offset) / 60), Int32(abs(offset) % 60))
            #expect(
                Self.milliseconds(text) == Int64(seconds - offset * 60) * 1_000, "\(text)")
        }
    }
}
