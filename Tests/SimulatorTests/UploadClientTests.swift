import Simulator
import Synchronization
import Testing
import Trips

@Suite struct `The upload client` {
    /// Waits that were asked for; none is waited.
    final class Waits: Sendable {
        private let asked = Mutex<[Duration]>([])
        var all: [Duration] { asked.withLock { $0 } }
        func add(_ duration: Duration) { asked.withLock { $0.append(duration) } }
    }

    private func client(
        _ server: ScriptedServer, waits: Waits = Waits(),
        change: (inout UploadClient.Options) -> Void = { _ in }
    ) throws -> UploadClient {
        var options = UploadClient.Options()
        options.wait = { waits.add($0) }
        options.fraction = { 1 }
        change(&options)
        return UploadClient(server: try Server(server.address), options: options)
    }

    @Test func `one connection serves one request after another`() async throws {
        let server = try await ScriptedServer { _, number in
            .answer(202, ["Tacho-Position": "trip-uploads/0@\(number)"], "{}")
        }
        let client = try client(server) { $0.token = "secret" }
        for number in 0..<20 {
            let response = try await client.post(path: "/p", body: Array("body\(number)".utf8))
            #expect(response.status == 202)
            #expect(response[header: "tacho-position"] == "trip-uploads/0@\(number)")
            #expect(response.text == "{}")
        }
        let requests = server.requests
        #expect(requests.map(\.body) == (0..<20).map { "body\($0)" })
        #expect(Set(requests.map(\.connection)) == [0])
        #expect(requests.allSatisfy { $0.headers["Authorization"] == "Bearer secret" })
        client.close()
        await #expect(throws: ClientError.closed) { try await client.get(path: "/p") }
        try await server.stop()
    }

    @Test func `a server that closes after its answer was heard`() async throws {
        let server = try await ScriptedServer { _, _ in
            .answer(200, ["Connection": "close"], "bye")
        }
        let client = try client(server)
        for _ in 0..<5 {
            let response = try await client.get(path: "/p")
            #expect(response.text == "bye" && response.attempts == 1)
        }
        #expect(server.requests.map(\.connection) == [0, 1, 2, 3, 4])
        client.close()
        try await server.stop()
    }

    @Test func `connections are bounded whatever the number of requests`() async throws {
        let server = try await ScriptedServer { _, _ in .answer(200, [:], "yes") }
        let client = try client(server) { $0.connections = 3 }
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<200 { group.addTask { try await client.get(path: "/").status } }
            for try await status in group { #expect(status == 200) }
        }
        #expect(Set(server.requests.map(\.connection)).count <= 3)
        #expect(server.requests.count == 200)
        client.close()
        try await server.stop()
    }

    @Test func `a busy server is asked again when it says`() async throws {
        let waits = Waits()
        let server = try await ScriptedServer { _, number in
            switch number {
            case 0: .answer(503, ["Retry-After": "2"], "later")
            case 1: .answer(429)
            default: .answer(202)
            }
        }
        let client = try client(server, waits: waits)
        let response = try await client.post(path: "/p", body: [1])
        #expect(response.status == 202)
        #expect(response.attempts == 3)
        #expect(waits.all == [.milliseconds(2_200), .milliseconds(400)])
        client.close()
        try await server.stop()
    }

    @Test func `broken connections are tried again, up to the bound`() async throws {
        let server = try await ScriptedServer { _, number in
            number % 2 == 0 ? .closeWithoutAnswer : .closeInMidAnswer
        }
        let client = try client(server) { $0.retries.attempts = 5 }
        await #expect(throws: ClientError.connectionLost) {
            try await client.post(path: "/p", body: [1])
        }
        #expect(server.requests.count == 5)
        client.close()
        try await server.stop()
    }

    @Test func `silence ends at the timeout`() async throws {
        let server = try await ScriptedServer { _, number in
            number == 0 ? .neverAnswer : .answer(200)
        }
        let client = try client(server) { $0.answerTimeout = .seconds(1) }
        let response = try await client.get(path: "/p")
        #expect(response.attempts >= 2)
        #expect(Set(server.requests.map(\.connection)).count >= 2)
        client.close()
        try await server.stop()
    }

    @Test func `what is not HTTP is not asked again`() async throws {
        let server = try await ScriptedServer { _, _ in .talkNonsense }
        let client = try client(server)
        let error = await #expect(throws: ClientError.self) { try await client.get(path: "/p") }
        if case .notHTTP = error {} else { Issue.record("\(String(describing: error))") }
        #expect(server.requests.count == 1)
        client.close()
        try await server.stop()
    }

    @Test func `nobody there is said after the last attempt`() async throws {
        let server = try await ScriptedServer { _, _ in .neverAnswer }
        let waits = Waits()
        let client = try client(server, waits: waits) { $0.retries.attempts = 3 }
        try await server.stop()
        let error = await #expect(throws: ClientError.self) { try await client.get(path: "/p") }
        if case .cannotConnect = error {} else { Issue.record("\(String(describing: error))") }
        #expect(waits.all == [.milliseconds(200), .milliseconds(400)])
    }

    @Test func `an answer without end is cut off`() async throws {
        let server = try await ScriptedServer { _, _ in
            .answer(200, [:], String(repeating: "x", count: 10_000))
        }
        let client = try client(server) { $0.longestAnswer = 5_000 }
        await #expect(throws: ClientError.answerTooLong(limit: 5_000)) {
            try await client.get(path: "/p")
        }
        client.close()
        try await server.stop()
    }

    @Test func `a cancelled request gives its place in line back`() async throws {
        let server = try await ScriptedServer { request, _ in
            request.uri == "/never" ? .neverAnswer : .answer(200)
        }
        let client = try client(server) { $0.connections = 1 }
        let stuck = Task { try await client.get(path: "/never") }
        try await eventually { !server.requests.isEmpty }
        let waiting = Task { try await client.get(path: "/never") }
        let next = Task { try await client.get(path: "/") }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        stuck.cancel()
        await #expect(throws: CancellationError.self) { try await stuck.value }
        #expect(try await next.value.status == 200)
        client.close()
        try await server.stop()
    }

    @Test(arguments: [
        ("http://a", "a", 80, ""), ("HTTP://a:8080/", "a", 8080, ""),
        ("http://a/b/c/", "a", 80, "/b/c"), ("http://[::1]:99", "::1", 99, ""),
    ])
    func `addresses are read`(text: String, host: String, port: Int, path: String) throws {
        let server = try Server(text)
        #expect(server.host == host && server.port == port && server.basePath == path)
    }

    @Test(arguments: [
        "a", "http://", "http://a:0", "http://a:x", "http://a:70000", "http://u@a", "http://a b",
        "http://a?x", "http://[::1]9",
    ])
    func `what is no address is refused`(text: String) {
        #expect(throws: ClientError.badAddress(text)) { try Server(text) }
    }

    @Test func `TLS is refused with advice`() {
        let error = #expect(throws: ClientError.unsupportedScheme("https")) {
            try Server("https://a")
        }
        #expect(error?.description.contains("proxy") == true)
    }
}
