internal import SQLite
internal import Topics
public import Trips

/// A point of a trip with what its clients say of it and nothing is computed from.
public struct AnnotatedPoint: Equatable, Sendable {
    /// The point, as edits leave it.
    public var point: Point
    /// What clients say: of each fact, what counts as said last.
    public var facts = PointFacts()
    /// When the log took the first upload of this reading, in epoch milliseconds.
    public var createdMilliseconds: Int64
    /// When the log took the last upload of this reading that counts, in epoch milliseconds.
    public var updatedMilliseconds: Int64
}

extension Projection {
    /// The points of ``track(of:limits:)`` in the same order, with what is said of each; nil where
    /// there is no such trip or it was deleted.
    public func annotatedPoints(
        of trip: TripID, limits: TripLimits = TripLimits()
    ) throws -> [AnnotatedPoint]? {
        try annotatedPoints(of: trip, limits) { _ in true }
    }

    /// One reading of a trip with what is said of it; nil where there is none.
    public func annotatedPoint(
        _ key: PointKey, of trip: TripID, limits: TripLimits = TripLimits()
    ) throws -> AnnotatedPoint? {
        try annotatedPoints(of: trip, limits) { $0 == key }?.first
    }

    private func annotatedPoints(
        of trip: TripID, _ limits: TripLimits, where isWanted: (PointKey) -> Bool
    ) throws -> [AnnotatedPoint]? {
        try read(.annotatedPoints) { connection in
            guard let uploads = try connection.shownUploads(of: trip) else { return nil }
            var state = TripState()
            var notes = PointNotes()
            while let (upload, milliseconds) = try uploads.next() {
                // What the scorer could not read is a dead letter, and no part of the trip.
                guard let upload else { continue }
                if case .refused = state.absorb(upload, limits: limits) { continue }
                notes.take(upload, at: milliseconds, edited: state.points.edited)
            }
            return state.points.ordered.filter { isWanted(PointKey(of: $0)) }
                .compactMap(notes.annotated)
        }
    }
}

/// What is known of readings beside their points, upload by upload in log order.
private struct PointNotes {
    private struct Note {
        var created: Int64
        var updated: Int64
        var facts = PointFacts()
    }

    private var notes: [PointKey: Note] = [:]

    /// Takes an upload that counts.
    ///
    /// - Parameter edited: the identities that were edited, by this upload too.
    mutating func take(_ upload: Upload, at milliseconds: Int64, edited: Set<PointKey>) {
        switch upload.content {
        case .points(let batch):
            let keys = batch.map { PointKey(of: $0) }
            for key in keys where !edited.contains(key) { note(key, milliseconds) }
            for said in upload.said?.points ?? [] where !edited.contains(keys[said.index]) {
                notes[keys[said.index]]?.facts.take(said.facts)
            }
        case .correction(let key, let point):
            let own = PointKey(of: point)
            // A reading that takes another identity takes along what was said of it.
            if own != key, let moved = notes.removeValue(forKey: key) { notes[own] = moved }
            note(own, milliseconds)
            for said in upload.said?.points ?? [] { notes[own]?.facts.take(said.facts) }
        case .removal(let key): notes[key] = nil
        case .deletion: notes = [:]
        case .start, .end, .amendment, .report: break
        }
    }

    private mutating func note(_ key: PointKey, _ milliseconds: Int64) {
        notes[key, default: Note(created: milliseconds, updated: milliseconds)].updated =
            milliseconds
    }

    func annotated(_ point: Point) -> AnnotatedPoint? {
        notes[PointKey(of: point)].map {
            AnnotatedPoint(
                point: point, facts: $0.facts, createdMilliseconds: $0.created,
                updatedMilliseconds: $0.updated)
        }
    }
}
