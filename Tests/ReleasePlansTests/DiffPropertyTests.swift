import EventLog
import ReleasePlans
import SeededRandom
import Testing
import Topics

/// What one version says, in order: words on trips, and after each transaction its progress.
private struct History {
    struct Word {
        var trip: String
        var upload: Int64
        /// All of it but the rules.
        var value: [UInt8]
        var isDeleted = false
        var isStraddling = false
    }
    enum Item {
        case word(Word, Record)
        case progress(Int64)
    }
    var items: [Item] = []

    /// A version that takes uploads in batches, and says of some trips what `odd` says.
    init(
        _ uploads: [String], odd: Set<String>, deafTo: Set<Int64>, straddling: Set<String>,
        _ random: inout SplitMix
    ) {
        var next = 0
        while next < uploads.count {
            let end = min(uploads.count, next + Int.random(in: 1...6, using: &random))
            var last: [String: Int64] = [:]
            for upload in next..<end where !deafTo.contains(Int64(upload)) {
                last[uploads[upload]] = Int64(upload)
            }
            for (trip, upload) in last.sorted(by: { $0.key < $1.key }) {
                // A deleted trip has every third name.
                let isDeleted = trip.hasSuffix("0") && upload > 20
                let isStraddling = straddling.contains(trip) && upload < 8
                let score = Int(upload % 7) + (odd.contains(trip) ? 1 : 0)
                let record = Said.record(
                    trip, upload: upload, score: score,
                    status: isDeleted ? .deleted : .driving,
                    state: isStraddling ? "straddling" : nil, rules: "\(next)")
                items.append(
                    .word(
                        Word(
                            trip: trip, upload: upload,
                            value: isDeleted ? [] : [UInt8(score)], isDeleted: isDeleted,
                            isStraddling: isStraddling), record))
            }
            items.append(.progress(Int64(end)))
            next = end
        }
    }

    var records: [Record] {
        items.map {
            switch $0 {
            case .word(_, let record): record
            case .progress(let next): Said.progress(next)
            }
        }
    }
}

/// The comparison, slow and obvious: every word is kept, and looked at after each item.
private struct Reference {
    private var words: [[History.Word]] = [[], []]
    private var passed: [Int64] = [0, 0]
    private var names: Set<String> = []
    private(set) var verdicts: [String: String] = [:]
    private var isFollowing = false
    /// Words of each side before following began.
    private var before = [0, 0]

    mutating func take(_ item: History.Item, side: Int) {
        switch item {
        case .progress(let next): passed[side] = next
        case .word(let word, _):
            words[side].append(word)
            if !isFollowing { names.insert(word.trip) }
        }
    }

    /// Decides what can be decided; from the first time on it follows.
    mutating func judge() {
        if !isFollowing { before = words.map(\.count) }
        isFollowing = true
        for trip in names where verdicts[trip] == nil {
            // What may be met: the last word of before, and eight at most.
            let said = (0...1).map { side -> [History.Word] in
                let first = words[side][..<before[side]].last { $0.trip == trip }
                let after = words[side][before[side]...].filter { $0.trip == trip }
                return Array(((first.map { [$0] } ?? []) + after).suffix(8))
            }
            verdicts[trip] = verdict(said)
        }
    }

    private func verdict(_ said: [[History.Word]]) -> String? {
        if let only = said[0].last, said[1].isEmpty {
            return passed[1] > only.upload && !only.isStraddling ? "missing" : nil
        }
        if let only = said[1].last, said[0].isEmpty {
            return passed[0] > only.upload && !only.isStraddling ? "extra" : nil
        }
        guard let here = said[0].last, let there = said[1].last else { return nil }
        if here.isDeleted, there.isDeleted { return "equal" }
        var meetings: [(History.Word, History.Word)] = []
        for here in said[0] {
            for there in said[1]
            where here.upload == there.upload && !here.isStraddling && !there.isStraddling {
                meetings.append((here, there))
            }
        }
        if let (here, there) = meetings.max(by: { $0.0.upload < $1.0.upload }) {
            return here.value == there.value && here.isDeleted == there.isDeleted
                ? "equal" : "differs"
        }
        if here.isStraddling || there.isStraddling { return nil }
        let higher = max(here.upload, there.upload)
        let behind = here.upload < there.upload ? 0 : 1
        return here.upload != there.upload && passed[behind] > higher ? "differs" : nil
    }
}

@Test(arguments: 0..<40 as Range<UInt64>)
func `any two histories, read in any order, come to what the slow comparison says`(seed: UInt64) {
    var random = SplitMix(seed: seed)
    for round in 0..<25 {
        let names = (0..<Int.random(in: 1...12, using: &random)).map { "trip-\($0)" }
        let uploads = (0..<Int.random(in: 1...60, using: &random)).map { _ in
            names.randomElement(using: &random)!
        }
        func some(_ share: Int) -> Set<String> {
            Set(names.filter { _ in Int.random(in: 0..<share, using: &random) == 0 })
        }
        func deaf() -> Set<Int64> {
            Set(
                (0..<Int64(uploads.count)).filter { _ in Int.random(in: 0..<15, using: &random) == 0
                })
        }
        let histories = [
            History(uploads, odd: [], deafTo: deaf(), straddling: [], &random),
            History(uploads, odd: some(3), deafTo: deaf(), straddling: some(4), &random),
        ]
        let records = histories.map(\.records)
        let sides: [PartitionDiff.Side] = [.live, .candidate]
        var diff = VersionDiff(live: .first, candidate: Said.version, examples: 1_000)
        var trips = PartitionDiff()
        var reference = Reference()
        var read = [0, 0]
        // First so much as there is when the scan ends, in pieces; then on, to some end.
        let start = records.map { Int.random(in: 0...$0.count, using: &random) }
        let end = records.indices.map {
            Int.random(in: start[$0]...records[$0].count, using: &random)
        }
        for limit in [start, end] {
            while let side = [0, 1].filter({ read[$0] < limit[$0] }).randomElement(using: &random) {
                let next = Int.random(in: read[side] + 1...limit[side], using: &random)
                // Following looks after every record, so that both look at the same moments.
                let step = limit == start ? next : read[side] + 1
                let piece = records[side][read[side]..<step]
                trips.take(piece, of: sides[side])
                for item in histories[side].items[read[side]..<step] {
                    reference.take(item, side: side)
                }
                read[side] = step
                if read[0] > start[0] || read[1] > start[1] {
                    if Bool.random(using: &random) { trips.settle(piece, into: &diff) }
                    trips.settle(into: &diff)
                    reference.judge()
                }
            }
            if limit == start {
                trips.settle(into: &diff)
                reference.judge()
            }
        }
        trips.settle(into: &diff)
        reference.judge()
        trips.end(into: &diff)

        let place: Comment = "seed \(seed), round \(round)"
        func named(_ verdict: String) -> [String] {
            reference.verdicts.filter { $0.value == verdict }.keys.sorted()
        }
        #expect(diff.missingTrips == named("missing"), place)
        #expect(diff.extraTrips == named("extra"), place)
        #expect(diff.worst.map(\.trip).sorted() == named("differs"), place)
        #expect(diff.equal == named("equal").count, place)
        let seen = Set(
            zip(histories, start).flatMap { history, count in
                history.items[..<count].compactMap { item -> String? in
                    if case .word(let word, _) = item { word.trip } else { nil }
                }
            })
        #expect(
            diff.movingTrips == seen.filter { reference.verdicts[$0] == nil }.sorted(), place)
    }
}
