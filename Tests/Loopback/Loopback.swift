public import Hummingbird
internal import Logging

/// Routes served on a port of this machine's own, for tests.
public enum Loopback {
    /// The server ended before it served.
    public struct NotServed: Error {}

    /// Serves for as long as the body takes, which is told the port.
    public static func serve<Context: RequestContext>(
        _ router: Router<Context>, _ body: (Int) async throws -> Void
    ) async throws where Context.Source == ApplicationRequestContextSource {
        let (ports, served) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { served.yield($0.localAddress?.port ?? 0) }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { served.finish() }
                try await application.run()
            }
            var iterator = ports.makeAsyncIterator()
            guard let port = await iterator.next() else {
                try await group.next()
                throw NotServed()
            }
            try await body(port)
            // A connection that is accepted and not yet served ends the process when serving is
            // cancelled: once a later one is answered, those before it are served.
            _ = try await Answer.ask(port: port, "GET", "/livez")
            group.cancelAll()
        }
    }
}
