import Access
import EmbeddedLog
import ServiceLifecycle

/// Reads another issuer's keys again on schedule.
struct KeyRefresh: Service {
    let keys: KeyRing

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await Task.sleep(for: .seconds(KeyRing.refreshSeconds))
                } catch { return }
                await keys.refresh(now: systemMilliseconds() / 1_000)
            }
        }
    }
}
