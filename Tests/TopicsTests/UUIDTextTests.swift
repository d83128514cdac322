import Foundation
import Testing
import Topics

@Suite struct UUIDTextTests {
    @Test func `a random one is a UUID of version 4 in its usual form`() {
        let ids = (0..<1_000).map { _ in UUIDText.random() }
        #expect(Set(ids).count == ids.count)
        for id in ids {
            #expect(UUID(uuidString: id)?.uuidString.lowercased() == id)
            #expect(Array(id)[14] == "4" && "89ab".contains(Array(id)[19]), "\(id)")
        }
    }

    @Test func `text tells its bits, in any letters`() throws {
        let text = UUIDText.text(high: 0x6f96_19ff_8b86_4d01, low: 0xb42d_00cf_4fc9_64ff)
        #expect(text == "6f9619ff-8b86-4d01-b42d-00cf4fc964ff")
        for form in [text, text.uppercased()] {
            let bits = try #require(UUIDText.bits(form))
            #expect(bits.high == 0x6f96_19ff_8b86_4d01 && bits.low == 0xb42d_00cf_4fc9_64ff)
        }
        for other in [
            "", "6f9619ff", text + "0", text.replacing("-", with: "0"), "g" + text.dropFirst(),
        ] {
            #expect(UUIDText.bits(other) == nil, "\(other)")
        }
    }
}
