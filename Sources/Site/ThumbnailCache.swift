internal import Synchronization

/// Thumbnails that were made lately, by what they were made from.
final class ThumbnailCache: Sendable {
    /// Thumbnails that are kept; one takes up to about 1 KB.
    static let limit = 2_000

    private struct State {
        var texts: [String: String] = [:]
        /// Those that were made before the ones in ``texts``; dropped when that is full again.
        var older: [String: String] = [:]
    }

    private let state = Mutex(State())

    /// The thumbnail of a key, which is made where it is not kept.
    ///
    /// - Parameter key: the same for the same drawing only.
    func text(_ key: String, _ make: () throws -> String) rethrows -> String {
        let kept = state.withLock { state in state.texts[key] ?? state.older[key] }
        if let kept { return kept }
        let text = try make()
        state.withLock { state in
            state.texts[key] = text
            if state.texts.count >= Self.limit / 2 {
                state.older = state.texts
                state.texts = [:]
            }
        }
        return text
    }
}
