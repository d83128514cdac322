import Glibc

/// A queue that threads wait on: what blocks in SQLite must not block Swift's own threads.
///
/// `@unchecked Sendable` because a pthread mutex guards everything in it, which the compiler
/// cannot see; `Synchronization.Mutex` has no condition to wait for.
package final class Mailbox<Element: Sendable>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var elements: [Element] = []
    private var isClosed = false

    package init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Adds an element; false once the box is closed.
    package func put(_ element: Element) -> Bool {
        locked {
            guard !isClosed else { return false }
            elements.append(element)
            pthread_cond_signal(condition)
            return true
        }
    }

    /// Waits for elements and takes from the front what the choice says, one at least; none
    /// once the box is closed and empty.
    ///
    /// - Parameter count: how many of those that wait to take.
    package func take(_ count: ([Element]) -> Int) -> [Element] {
        locked {
            while elements.isEmpty {
                if isClosed { return [] }
                pthread_cond_wait(condition, mutex)
            }
            let taken = min(max(1, count(elements)), elements.count)
            defer { elements.removeFirst(taken) }
            return Array(elements.prefix(taken))
        }
    }

    /// Takes no more elements in; those that wait are still handed out.
    package func close() {
        locked {
            isClosed = true
            pthread_cond_broadcast(condition)
        }
    }

    /// How many wait.
    package var count: Int { locked { elements.count } }

    private func locked<T>(_ body: () -> T) -> T {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}
