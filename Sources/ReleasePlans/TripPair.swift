/// One trip as two versions have it.
struct TripPair {
    private var live = Trail()
    private var candidate = Trail()

    /// Takes what a version says next.
    ///
    /// - Parameter remembering: whether what it said before may still be met by the other one.
    mutating func take(_ word: TripWord, of side: PartitionDiff.Side, remembering: Bool) {
        switch side {
        case .live: live.take(word, remembering: remembering)
        case .candidate: candidate.take(word, remembering: remembering)
        }
    }

    /// A version takes back what it said.
    mutating func forget(_ side: PartitionDiff.Side) {
        switch side {
        case .live: live = Trail()
        case .candidate: candidate = Trail()
        }
    }

    /// Whether neither has a word on it.
    var isEmpty: Bool { live.last == nil && candidate.last == nil }

    /// What there is to say of the trip.
    ///
    /// - Parameters:
    ///   - live: the offset before which the live version has passed every upload.
    ///   - candidate: that of the candidate.
    func verdict(_ trip: String, passed live: Int64, _ candidate: Int64) -> TripVerdict {
        switch (self.live.last, self.candidate.last) {
        case (nil, nil): .moving
        case (let only?, nil):
            only.state == .straddling || candidate <= only.upload ? .moving : .missing
        case (nil, let only?):
            only.state == .straddling || live <= only.upload ? .moving : .extra
        case (let here?, let there?):
            verdict(trip, here, there, passed: here.upload < there.upload ? live : candidate)
        }
    }

    private func verdict(
        _ trip: String, _ here: TripWord, _ there: TripWord, passed: Int64
    ) -> TripVerdict {
        if here.state == .deleted, there.state == .deleted { return .equal }
        if let (here, there) = met {
            if here.state != there.state { return .differs(.init(trip, .deletion, here, there)) }
            return here.events == there.events && here.rest == there.rest
                ? .equal : .differs(.init(trip, .content, here, there))
        }
        guard here.state != .straddling, there.state != .straddling,
            here.upload != there.upload, passed > max(here.upload, there.upload)
        else { return .moving }
        return .differs(.init(trip, .upload, here, there))
    }

    /// What both said after the latest upload at which both stood.
    private var met: (TripWord, TripWord)? {
        for here in live.said.reversed() where here.state != .straddling {
            let there = candidate.said.last { $0.upload == here.upload && $0.state != .straddling }
            if let there { return (here, there) }
        }
        return nil
    }
}

/// What one version said of a trip.
private struct Trail {
    /// The last one at the end; those before it only while the trip moves.
    private(set) var said: [TripWord] = []
    /// Of a trip that moves.
    private static let length = 8

    var last: TripWord? { said.last }

    mutating func take(_ word: TripWord, remembering: Bool) {
        if !remembering || said.count == Self.length { said.removeFirst(said.isEmpty ? 0 : 1) }
        said.append(word)
    }
}
