internal import SQLite
internal import Trips

extension Projection {
    /// What is found of a page of the list of trips.
    public enum FoundPage: Equatable, Sendable {
        /// The trips' documents, newest first, where to go on if there are more, and the page's tag.
        case page(documents: [[UInt8]], next: TripCursor?, tag: UInt64)
        /// The asker has it: its tag is this.
        case known(tag: UInt64)
    }

    /// The documents of the next trips in the list, which are not read where the asker knows the
    /// page's tag: it comes from the tags of its documents and from where the list goes on.
    ///
    /// - Parameter limit: 1 or more.
    public func documents(
        _ filter: TripFilter, after cursor: TripCursor?, limit: Int, isKnown: (UInt64) -> Bool
    ) throws -> FoundPage {
        let (terms, values) = filter.terms(after: cursor)
        let from = "FROM trips WHERE \(terms) ORDER BY sort_time DESC, id LIMIT ?"
        return try read(.page) { connection in
            let tags = try connection.statement("SELECT document_tag, sort_time, id \(from)")
            try tags.bind(values + [.integer(Int64(limit) + 1)])
            var content: [UInt8] = []
            var found = 0
            var last: TripCursor?
            var next: TripCursor?
            while try tags.step() {
                found += 1
                if found > limit { next = last }
                withUnsafeBytes(of: tags.int64(0).littleEndian) { content += $0 }
                if found == limit, let trip = TripID(tags.string(2)) {
                    last = TripCursor(sortMilliseconds: tags.int64(1), trip: trip)
                }
            }
            if let next {
                // Of the one beyond the page only is known that it is there.
                content.removeLast(8)
                content += next.description.utf8
            }
            let tag = ContentTag.of(content)
            if isKnown(tag) { return .known(tag: tag) }
            let rows = try connection.statement("SELECT document \(from)")
            try rows.bind(values + [.integer(Int64(limit))])
            var documents: [[UInt8]] = []
            documents.reserveCapacity(min(found, limit))
            while try rows.step() { documents.append(rows.bytes(0)) }
            count(documents: documents.count)
            return .page(documents: documents, next: next, tag: tag)
        }
    }
}
