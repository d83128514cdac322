import Foundation
import Gateway
import Testing

@Test func `an event's id is a random UUID in its usual form`() {
    let ids = (0..<1_000).map { _ in EventID.random() }
    #expect(Set(ids).count == ids.count)
    for id in ids {
        #expect(UUID(uuidString: id)?.uuidString == id)
        #expect(Array(id)[14] == "4" && "89AB".contains(Array(id)[19]), "\(id)")
    }
}
