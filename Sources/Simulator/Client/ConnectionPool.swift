internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// Connections to one server, a bounded number, kept open between requests.
///
/// Who asks when all are taken waits in line; the line is as long as the callers are many.
final class ConnectionPool: Sendable {
    private typealias Turn = CheckedContinuation<Void, any Error>

    private struct State {
        var idle: [any Channel] = []
        /// Connections that are idle, lent or being made.
        var taken = 0
        var waiting: [(number: Int, turn: Turn)] = []
        var nextNumber = 0
        var isClosed = false

        /// The next in line, to be woken once the lock is open.
        mutating func next() -> Turn? { waiting.isEmpty ? nil : waiting.removeFirst().turn }
    }

    private enum Offer {
        case open(any Channel)
        case make
        case wait
    }

    private let server: Server
    private let limit: Int
    private let connectTimeout: Duration
    private let longestAnswer: Int
    private let state = Mutex(State())

    init(server: Server, limit: Int, connectTimeout: Duration, longestAnswer: Int) {
        self.server = server
        self.limit = limit
        self.connectTimeout = connectTimeout
        self.longestAnswer = longestAnswer
    }

    /// An open connection, which the caller has for itself until it gives it back.
    func take() async throws -> any Channel {
        while true {
            if Task.isCancelled {
                // Whoever was woken and leaves passes the turn on.
                wakeNext()
                throw CancellationError()
            }
            switch try offer() {
            case .open(let channel): return channel
            case .make:
                do { return try await connect() } catch {
                    state.withLock { $0.taken -= 1 }
                    wakeNext()
                    throw error
                }
            case .wait: try await waitInLine()
            }
        }
    }

    /// Gives a connection back; one that closed is forgotten.
    func giveBack(_ channel: any Channel) {
        let isKept = state.withLock { state in
            let isKept = channel.isActive && !state.isClosed
            if isKept { state.idle.append(channel) } else { state.taken -= 1 }
            return isKept
        }
        if !isKept { channel.close(promise: nil) }
        wakeNext()
    }

    /// Closes what is idle; what is lent is closed when it comes back.
    func close() {
        let (idle, waiting) = state.withLock { state in
            defer {
                state.taken -= state.idle.count
                state.idle = []
                state.waiting = []
                state.isClosed = true
            }
            return (state.idle, state.waiting)
        }
        for channel in idle { channel.close(promise: nil) }
        for waiter in waiting { waiter.turn.resume(throwing: ClientError.closed) }
    }

    private func offer() throws -> Offer {
        try state.withLock { state in
            guard !state.isClosed else { throw ClientError.closed }
            while let channel = state.idle.popLast() {
                if channel.isActive { return .open(channel) }
                state.taken -= 1
            }
            guard state.taken < limit else { return .wait }
            state.taken += 1
            return .make
        }
    }

    private func wakeNext() {
        state.withLock { $0.next() }?.resume()
    }

    private func waitInLine() async throws {
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (turn: Turn) in
                let goesOn = state.withLock { state in
                    // Something may have come back since the offer was made.
                    if Task.isCancelled || state.isClosed || !state.idle.isEmpty
                        || state.taken < limit
                    {
                        return true
                    }
                    state.waiting.append((number, turn))
                    return false
                }
                if goesOn { turn.resume() }
            }
        } onCancel: {
            let turn = state.withLock { state -> Turn? in
                guard let index = state.waiting.firstIndex(where: { $0.number == number })
                else { return nil }
                return state.waiting.remove(at: index).turn
            }
            turn?.resume(throwing: CancellationError())
        }
    }

    private func connect() async throws -> any Channel {
        let longestAnswer = longestAnswer
        do {
            return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(TimeAmount(connectTimeout))
                .channelOption(.socketOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        try channel.pipeline.syncOperations.addHandler(
                            ExchangeHandler(longestAnswer: longestAnswer))
                    }
                }
                .connect(host: server.host, port: server.port).get()
        } catch {
            throw ClientError.cannotConnect(server: server.description, reason: "\(error)")
        }
    }
}
