internal import Synchronization
public import Trips

/// Tells whether what was read of a projection still holds, without reading it again.
///
/// A subject's stamp is taken before a read. Before the writer's transaction the stamps of all that
/// it is about to change are raised, and once more after it, so what was read holds for as long as
/// its stamp does: while it does, no transaction that changes the subject has been committed since.
/// Subjects share slots by their hashes, so that memory has a bound; a stamp may fall without need,
/// and never stands without right.
public final class WriteStamps: Sendable {
    /// What is read and written.
    public enum Subject: Hashable, Sendable {
        /// A trip, its uploads included.
        case trip(TripID)
        /// Which trips a user has, and what they are.
        case user(String)
        /// The same of everybody.
        case everybody
    }

    /// What a subject's slot said at a time.
    public struct Stamp: Equatable, Sendable {
        fileprivate let slot: Int
        fileprivate let number: UInt64
    }

    /// Slots that subjects share.
    public static let slots = 16_384

    private struct State {
        /// Odd while what belongs to the slot is being written.
        var numbers = [UInt64](repeating: 0, count: slots)
        var raised: Set<Int> = []

        mutating func raise(_ slot: Int) {
            if raised.insert(slot).inserted { numbers[slot] += 1 }
        }
    }

    private let state = Mutex(State())

    /// The stamp of a subject, to be taken before it is read; nil while it is being written, when
    /// what is read is not to be kept.
    public func stamp(of subject: Subject) -> Stamp? {
        let slot = Self.slot(of: subject)
        let number = state.withLock { $0.numbers[slot] }
        return number % 2 == 0 ? Stamp(slot: slot, number: number) : nil
    }

    /// Whether nothing has changed, nor is about to, of what was read after the stamp was taken.
    public func holds(_ stamp: Stamp) -> Bool {
        state.withLock { $0.numbers[stamp.slot] == stamp.number }
    }

    /// The one writer is about to change these, in the transaction that ends with ``settle()``.
    func raise(_ subjects: some Sequence<Subject>) {
        let slots = subjects.map(Self.slot)
        state.withLock { state in
            for slot in slots { state.raise(slot) }
        }
    }

    /// The one writer is about to change everything.
    func raiseAll() {
        state.withLock { state in
            for slot in 0..<Self.slots { state.raise(slot) }
        }
    }

    /// The writer's transaction has ended, whichever way.
    func settle() {
        state.withLock { state in
            for slot in state.raised { state.numbers[slot] += 1 }
            state.raised.removeAll(keepingCapacity: true)
        }
    }

    private static func slot(of subject: Subject) -> Int {
        Int(UInt(bitPattern: subject.hashValue) % UInt(slots))
    }
}

extension ProjectionBatch {
    /// What the batch changes, but for users whose trips it takes away.
    var subjects: Set<WriteStamps.Subject> {
        var subjects = Set(blocks.map { WriteStamps.Subject.trip($0.trip) })
        for (_, outcome) in trips {
            subjects.insert(.everybody)
            switch outcome {
            case .row(let row):
                subjects.insert(.trip(row.trip))
                subjects.insert(.user(row.user))
            case .forgotten(let trip): subjects.insert(.trip(trip))
            }
        }
        return subjects
    }
}
