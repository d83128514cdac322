import EventLog
import Operations
import SeededRandom
import Testing
import Topics

private let uploads = TopicPartition(Topics.tripUploads.name, 3)
private let letters = TopicPartition(Topics.deadLetters(.first), 3)

private func upload(_ offset: Int64) -> Position { Position(uploads, offset: offset) }

/// A dead letter at `offset`, of an upload that is a copy of others where it says so.
private func letter(
    _ offset: Int64, of failed: Int64?, copying root: String? = nil, at time: Int64 = 0,
    reason: String = "tripFull"
) -> DeadLetter {
    var headers = [Header("ce_id", "x")]
    if let root { headers.append(Header(TachoHeader.redriveOf, root)) }
    if let failed {
        headers += [
            Header(DeadLetterHeader.exception, reason), Header(DeadLetterHeader.message, "why"),
            Header(DeadLetterHeader.topic, uploads.topic.rawValue),
            Header(DeadLetterHeader.partition, "3"), Header(DeadLetterHeader.offset, "\(failed)"),
        ]
    }
    return DeadLetter(
        Record(
            position: Position(letters, offset: offset), timestampMilliseconds: time,
            key: Array("t".utf8), value: [1, 2, 3], headers: headers))
}

@Suite struct DeadLetterOriginTests {
    @Test func `a letter says where it came from and why`() {
        let said = letter(7, of: 40, at: 99)
        #expect(said.origin == upload(40))
        #expect(said.root == upload(40))
        #expect(said.reason == "tripFull")
        #expect(said.explanation == "why")
        #expect(said.trip == "t")
        #expect(said.size == 1 + 3 + "ce_idx".utf8.count, "key, value and own headers")
        #expect(said.isWhole)
    }

    @Test func `a letter without headers has no origin and stands for itself`() throws {
        let foreign = letter(7, of: nil)
        #expect(foreign.origin == nil)
        #expect(foreign.root == nil)
        #expect(foreign.reason == "unknown")
        var origin = try #require(DeadLetterOrigin.group([foreign]).first)
        #expect(origin.position == foreign.position)
        origin.know(copies: [upload(9)], committed: [uploads: 100])
        #expect(origin.state == .open)
        let plan = RedrivePlan([origin], again: true, homes: [uploads])
        #expect(plan.homeless == [origin])
        #expect(plan.redriven.isEmpty)
    }

    @Test(
        arguments: [
            ("trip-uploads/3@17", 17), ("trip-uploads/3@40", 40), ("trip-uploads/3@41", 40),
            ("trip-uploads/2@17", 40), ("users/3@17", 40), ("17", 40), ("", 40),
        ] as [(String, Int64)])
    func `only an earlier upload of the partition is believed to be the root`(
        _ header: String, _ root: Int64
    ) {
        #expect(letter(0, of: 40, copying: header).root == upload(root))
    }

    @Test func `letters of copies, and of copies of copies, belong to the first upload`() {
        let grouped = DeadLetterOrigin.group([
            letter(2, of: 30, copying: "trip-uploads/3@5"), letter(0, of: 5), letter(1, of: 6),
            letter(3, of: 31, copying: "trip-uploads/3@5"),
        ])
        #expect(grouped.map(\.position) == [upload(5), upload(6)])
        #expect(grouped[0].letters.map(\.position.offset) == [0, 2, 3])
        #expect(grouped[0].last.origin == upload(31))
        for position in [upload(5), upload(30), upload(31), Position(letters, offset: 2)] {
            #expect(grouped[0].isNamed(by: position))
            #expect(!grouped[1].isNamed(by: position))
        }
    }

    struct Case: CustomTestStringConvertible {
        let testDescription: String
        /// Offsets of the uploads that failed: the original's 5, and those of copies.
        let failed: [Int64]
        let copies: [Int64]
        let committed: Int64?
        let state: DeadLetterOrigin.State

        init(
            _ what: String, failed: [Int64] = [5], copies: [Int64], committed: Int64?,
            _ state: DeadLetterOrigin.State
        ) {
            testDescription = what
            self.failed = failed
            self.copies = copies
            self.committed = committed
            self.state = state
        }
    }

    static let cases = [
        Case("no copy", copies: [], committed: 99, .open),
        Case("a copy to come", copies: [20], committed: 20, .waiting),
        Case("a copy, and a group that never committed", copies: [20], committed: nil, .waiting),
        Case("a copy that went through", copies: [20], committed: 21, .redriven),
        Case("a copy that failed", failed: [5, 20], copies: [20], committed: 21, .open),
        Case(
            "one that failed and one to come", failed: [5, 20], copies: [30, 20], committed: 30,
            .waiting),
        Case(
            "one that failed and one that did not", failed: [20, 5], copies: [20, 30],
            committed: 31, .redriven),
        Case(
            "one that went through before the last one failed", failed: [5, 30],
            copies: [20, 30], committed: 31, .open),
        Case("one through, one to come", copies: [20, 30], committed: 25, .waiting),
    ]

    @Test(arguments: cases)
    func `how it stands follows from copies and positions`(_ row: Case) throws {
        let all = row.failed.sorted().enumerated().map { index, failed in
            letter(
                Int64(index), of: failed, copying: failed == 5 ? nil : "trip-uploads/3@5")
        }
        var origin = try #require(DeadLetterOrigin.group(all.reversed()).first)
        origin.know(
            copies: row.copies.map(upload), committed: row.committed.map { [uploads: $0] } ?? [:])
        #expect(origin.state == row.state)
        let plan = RedrivePlan([origin], again: false, homes: [uploads])
        #expect(plan.redriven.isEmpty == (row.state != .open))
        #expect(plan.done.isEmpty == (row.state == .open))
        #expect(RedrivePlan([origin], again: true, homes: [uploads]).redriven == [origin])
        let elsewhere = RedrivePlan(
            [origin], again: true, homes: [TopicPartition(uploads.topic, 2)])
        #expect(elsewhere.homeless == [origin])
    }

    @Test func `filters narrow by the last letter`() throws {
        let origins = DeadLetterOrigin.group([
            letter(0, of: 5, at: 100, reason: "undecodable"),
            letter(1, of: 6, at: 200),
            letter(2, of: 9, copying: "trip-uploads/3@5", at: 300, reason: "noValue"),
        ])
        func meant(_ change: (inout DeadLetterFilter) -> Void) -> [Int64] {
            var filter = DeadLetterFilter()
            change(&filter)
            return origins.filter(filter.means).map(\.position.offset)
        }
        #expect(DeadLetterFilter().isEmpty)
        #expect(meant { _ in } == [5, 6])
        #expect(meant { $0.reasons = ["undecodable"] } == [])
        #expect(meant { $0.reasons = ["noValue", "tripFull"] } == [5, 6])
        #expect(meant { $0.sinceMilliseconds = 201 } == [5])
        #expect(meant { $0.sinceMilliseconds = 200 } == [5, 6])
        #expect(meant { $0.trip = "t" } == [5, 6])
        #expect(meant { $0.trip = "u" } == [])
        #expect(meant { $0.positions = [upload(9)] } == [5])
        #expect(meant { $0.positions = [upload(9), Position(letters, offset: 1)] } == [5, 6])
        #expect(
            meant {
                $0.positions = [upload(6)]
                $0.reasons = ["noValue"]
            } == [])
    }

    /// A log of one partition, played: uploads fail or not, are redriven or not, and the group
    /// comes as far as it comes.
    @Test(arguments: 1...200)
    func `after any history each upload stands as its last failure and its last copy say`(
        seed: UInt64
    ) {
        var random = SplitMix(seed: seed)
        var roots: [Int64] = []
        /// What each upload is a copy of; its own offset for one that is none.
        var rootOf: [Int64] = []
        var failed: Set<Int64> = []
        var found: [DeadLetter] = []
        var committed: Int64 = 0
        for _ in 0..<Int.random(in: 5...60, using: &random) {
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                roots.append(Int64(rootOf.count))
                rootOf.append(Int64(rootOf.count))
            case 1 where !failed.isEmpty:
                guard let again = failed.sorted().randomElement(using: &random) else { continue }
                rootOf.append(rootOf[Int(again)])
            case 2 where committed < rootOf.count:
                let offset = committed
                committed += 1
                guard Bool.random(using: &random) else { continue }
                failed.insert(offset)
                let root = rootOf[Int(offset)]
                found.append(
                    letter(
                        Int64(found.count), of: offset,
                        copying: root == offset ? nil : upload(root).description))
            default: continue
            }
        }
        var origins = DeadLetterOrigin.group(found.shuffled(using: &random))
        for index in origins.indices {
            let root = origins[index].position.offset
            let copies = rootOf.indices.filter { rootOf[$0] == root && $0 != root }
            origins[index].know(
                copies: copies.map { upload(Int64($0)) }.shuffled(using: &random),
                committed: [uploads: committed])
        }
        let dead = roots.filter { root in failed.contains { rootOf[Int($0)] == root } }
        #expect(origins.map(\.position) == dead.map(upload), "seed \(seed)")
        for origin in origins {
            let all = rootOf.indices.filter { rootOf[$0] == origin.position.offset }
            let state: DeadLetterOrigin.State =
                switch all.last {
                case let last? where failed.contains(Int64(last)): .open
                case let last? where Int64(last) < committed: .redriven
                default: .waiting
                }
            #expect(origin.state == state, "\(origin.position), seed \(seed)")
        }
    }
}
