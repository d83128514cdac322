import Projection
import Testing
import Topics
import Trips

@Suite struct DocumentPageTests {
    private let scratch: Scratch
    private let projection: Projection

    init() throws {
        scratch = try Scratch()
        projection = try Projection(directory: scratch.path, version: .first)
        try projection.show((0..<7).map { row("t\($0)", start: Int64(10 + $0)) })
    }

    private func page(
        _ filter: TripFilter = .init(), after cursor: TripCursor? = nil, limit: Int = 3,
        known: UInt64? = nil
    ) throws -> Projection.FoundPage {
        try projection.documents(filter, after: cursor, limit: limit) { $0 == known }
    }

    private func tag(_ filter: TripFilter = .init(), limit: Int = 3) throws -> UInt64 {
        switch try page(filter, limit: limit) {
        case .known(let tag), .page(_, _, let tag): tag
        }
    }

    @Test(arguments: [1, 2, 3, 6, 7, 8]) func `its documents are those of the rows`(
        limit: Int
    ) throws {
        var cursor: TripCursor?
        repeat {
            let rows = try projection.page(.init(), after: cursor, limit: limit)
            guard case .page(let documents, let next, _) = try page(after: cursor, limit: limit)
            else {
                Issue.record("nobody knew it")
                return
            }
            #expect(documents == rows.rows.map(\.document))
            #expect(next == rows.next)
            cursor = next
        } while cursor != nil
    }

    @Test func `a page that is known reads no document`() throws {
        let tag = try tag()
        let before = projection.documentCount
        #expect(try page(known: tag) == .known(tag: tag))
        #expect(projection.documentCount == before)
        _ = try page()
        #expect(projection.documentCount == before + 3)
    }

    @Test func `its tag changes with a document, the order and where it goes on`() throws {
        var tags: Set<UInt64> = [try tag()]
        #expect(try tag() == tags.first)
        try projection.show([row("t5", start: 15, lastUpload: 9)])
        #expect(tags.insert(try tag()).inserted, "a document is another")
        try projection.show([row("t4", start: 99)])
        #expect(tags.insert(try tag()).inserted, "the order is another")
        try projection.show([row("t3", start: 1)])
        #expect(!tags.insert(try tag()).inserted, "what is beyond the page does not matter")
        // The last one keeps its document and its place, but the list goes on elsewhere.
        try projection.show([row("t5", start: 14, lastUpload: 9)])
        #expect(tags.insert(try tag()).inserted, "the cursor is another")
        try projection.show([0, 1, 2, 3].map { row("t\($0)", status: .deleted) })
        #expect(tags.insert(try tag()).inserted, "nothing follows")
        #expect(try tag(.init(user: "nobody")) == tag(.init(user: "no other")))
    }
}
