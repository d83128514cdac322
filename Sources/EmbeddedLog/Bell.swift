import EventLog
import Glibc
import Synchronization
import Threads

/// Wakes readers that wait for the log to grow, in this process and in others.
///
/// A commit writes its batch number into `<path>.wake`; inotify tells every other process at once.
/// Nothing asks SQLite meanwhile. In case a process dies between its commit and its word, or
/// inotify has no room for one more, every waiting reader looks for itself once a second; without
/// inotify the file itself is read every 25 ms.
final class Bell: Sendable {
    private struct Waiter {
        let deadline: ContinuousClock.Instant
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var latest: Int64
        var waiters: [Int: Waiter] = [:]
        var lastID = 0
        var plannedWake = ContinuousClock.now
        var isStopped = false
    }

    private let state: Mutex<State>
    private let file: Int32
    private let inotify: Int32
    private let pokeEnd: Int32
    private let pokedEnd: Int32
    private let end = Latch(count: 1)

    /// Opens `<path>.wake` and starts the thread that listens.
    init(path: String, latest: Int64) throws(LogError) {
        file = try openFile(path + ".wake")
        inotify = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        if inotify >= 0 { inotify_add_watch(inotify, path + ".wake", UInt32(IN_MODIFY)) }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            Glibc.close(file)
            if inotify >= 0 { Glibc.close(inotify) }
            throw .unavailable(reason: "no pipe: \(String(cString: strerror(errno)))")
        }
        (pokedEnd, pokeEnd) = (ends[0], ends[1])
        for descriptor in ends {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        }
        state = Mutex(State(latest: latest))
        Thread.start { [self] in listen() }
    }

    deinit {
        for descriptor in [file, inotify, pokeEnd, pokedEnd] where descriptor >= 0 {
            Glibc.close(descriptor)
        }
    }

    /// Tells other processes; called under the write lock, so that the number only rises.
    func tellOthers(batch: Int64) {
        var batch = batch
        // A failure is made good by the look that waiting readers take once a second.
        _ = pwrite(file, &batch, MemoryLayout<Int64>.size, 0)
    }

    /// Wakes the readers of this process.
    func ringHere(batch: Int64) {
        wake { state, _ in
            guard batch > state.latest else { return [] }
            state.latest = batch
            return Array(state.waiters.keys)
        }
    }

    /// Waits for a batch after the one seen; returns at the deadline, when the task is cancelled,
    /// when the bell stops, and now and then for no reason.
    func wait(after seen: Int64, until deadline: ContinuousClock.Instant) async {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waiter = Waiter(deadline: deadline, continuation: continuation)
                let (isOver, isEarlier) = state.withLock { state in
                    if state.isStopped || state.latest > seen || Task.isCancelled {
                        return (true, false)
                    }
                    state.waiters[id] = waiter
                    return (false, deadline < state.plannedWake)
                }
                if isOver { continuation.resume() }
                if isEarlier { poke() }
            }
        } onCancel: {
            wake { _, _ in [id] }
        }
    }

    /// Wakes everybody for good and ends the thread.
    func stop() {
        wake { state, _ in
            state.isStopped = true
            return Array(state.waiters.keys)
        }
        poke()
    }

    /// Whether ``stop()`` was called.
    var isStopped: Bool { state.withLock { $0.isStopped } }

    /// Waits until the thread has ended.
    func join() async {
        await end.wait()
    }

    private func wake(_ choose: (inout State, ContinuousClock.Instant) -> [Int]) {
        let now = ContinuousClock.now
        let woken = state.withLock { state in
            choose(&state, now).compactMap { state.waiters.removeValue(forKey: $0) }
        }
        for waiter in woken { waiter.continuation.resume() }
    }

    private func poke() {
        var byte: UInt8 = 1
        // A full pipe is a poke too.
        _ = write(pokeEnd, &byte, 1)
    }

    private func listen() {
        let sweep = Duration.seconds(1)
        let glance = inotify >= 0 ? sweep : .milliseconds(25)
        var nextSweep = ContinuousClock.now + sweep
        while true {
            let wakeAt: ContinuousClock.Instant? = state.withLock { state in
                let now = ContinuousClock.now
                let first = state.waiters.values.lazy.map(\.deadline).min()
                state.plannedWake = min(first ?? now + .seconds(3_600), now + glance)
                if first == nil { state.plannedWake = now + .seconds(3_600) }
                return state.isStopped ? nil : state.plannedWake
            }
            guard let wakeAt else { break }
            waitForEvent(until: wakeAt)
            let batch = batchInFile()
            wake { state, now in
                if batch > state.latest {
                    state.latest = batch
                } else if now < nextSweep {
                    return state.waiters.filter { $0.value.deadline <= now }.map(\.key)
                }
                return Array(state.waiters.keys)
            }
            if ContinuousClock.now >= nextSweep { nextSweep = .now + sweep }
        }
        end.countDown()
    }

    private func waitForEvent(until instant: ContinuousClock.Instant) {
        let left = ContinuousClock.now.duration(to: instant)
        let milliseconds = left / .milliseconds(1)
        var sources = [
            pollfd(fd: pokedEnd, events: Int16(POLLIN), revents: 0),
            pollfd(fd: inotify, events: Int16(POLLIN), revents: 0),
        ]
        poll(&sources, nfds_t(sources.count), Int32(max(0, milliseconds.rounded(.up))))
        withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 8) { buffer in
            for source in sources where source.revents != 0 {
                while read(source.fd, buffer.baseAddress, buffer.count) > 0 {}
            }
        }
    }

    private func batchInFile() -> Int64 {
        var batch: Int64 = 0
        let count = pread(file, &batch, MemoryLayout<Int64>.size, 0)
        return count == MemoryLayout<Int64>.size ? batch : 0
    }
}
