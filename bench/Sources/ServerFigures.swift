import Foundation
import NIOCore
import Simulator
import Synchronization

/// Figures of a server in another process, by the CPU that the kernel says it used.
struct ServerFigures {
    private let process: Int
    private let client: UploadClient
    private static let connections = 64

    init(_ url: String, process: Int) throws {
        self.process = process
        var options = UploadClient.Options()
        options.connections = Self.connections
        options.token = ProcessInfo.processInfo.environment["TACHO_TOKEN"]
        client = UploadClient(server: try Server(url), options: options)
    }

    /// - Parameter log: where the uploads go, for the figure's name; what its 202 waits for.
    func upload(_ count: Int, _ name: String, _ durability: String) async throws {
        let bodies = Bodies.json(points: 60, count: 200).map { Array($0.readableBytesView) }
        let bytes = bodies.reduce(0) { $0 + $1.count } / bodies.count
        try await report(
            name, "uploads", count,
            load: "60 points, \(bytes) bytes of JSON, \(connectionsLoad), \(durability)"
        ) { number in
            let answer = try await client.post(
                path: "/v1/trips/bench-\(number % 1_000)/points",
                headers: [.init("Content-Type", "application/json")],
                body: bodies[number % bodies.count])
            guard answer.status == 202 else { throw Failed("\(answer.status): \(answer.text)") }
        }
    }

    /// Sends bodies of many kinds one after the other, so that two gateways can be compared by what
    /// they write.
    func sample() async throws {
        let bodies = Bodies.json(points: 60, count: 20).map { Array($0.readableBytesView) }
        for (number, body) in (bodies + Bodies.odd.map { Array($0.utf8) }).enumerated() {
            let answer = try await client.post(
                path: "/v1/trips/sample-\(number)/points",
                headers: [.init("Content-Type", "application/json")], body: body)
            guard answer.status == 202 else {
                throw Failed("body \(number): \(answer.status): \(answer.text)")
            }
        }
        client.close()
    }

    func get(_ kind: String, _ count: Int, trips: Int) async throws {
        switch kind {
        case "livez":
            try await report("GET /livez", "requests", count, load: connectionsLoad) { _ in
                try await expect(200, client.get(path: "/livez"))
            }
        case "trip":
            try await report("GET trip", "requests", count, load: connectionsLoad) { number in
                try await expect(200, client.get(path: Self.path(number % trips)))
            }
        case "unchanged":
            var tags: [String] = []
            for trip in 0..<trips {
                let answer = try await client.get(path: Self.path(trip))
                guard let tag = answer[header: "ETag"] else { throw Failed("no ETag") }
                tags.append(tag)
            }
            let known = tags
            try await report(
                "GET trip, unchanged", "requests", count, load: "\(connectionsLoad), answered 304"
            ) { number in
                let header = Response.Field("If-None-Match", known[number % trips])
                try await expect(
                    304, client.get(path: Self.path(number % trips), headers: [header]))
            }
        default: throw Failed("there is no \(kind)")
        }
        client.close()
    }

    private var connectionsLoad: String { "\(Self.connections) connections" }

    private static func path(_ trip: Int) -> String {
        "/v1/trips/\(Filling.name(ofTrip: trip))"
    }

    private func expect(_ status: Int, _ answer: Response) throws {
        guard answer.status == status else {
            throw Failed("\(answer.status) and not \(status): \(answer.text)")
        }
    }

    /// Requests on all connections at once; a tenth of them first, which do not count.
    private func report(
        _ name: String, _ unit: String, _ count: Int, load: String,
        _ request: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        try await send(count / 10, request)
        let start = try Measure.seconds(ofProcess: process)
        try await send(count, request)
        let seconds = try Measure.seconds(ofProcess: process) - start
        Measure.report(name, unit, count, seconds, load: load)
    }

    private func send(
        _ count: Int, _ request: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<Self.connections {
                group.addTask {
                    for number in stride(from: lane, to: count, by: Self.connections) {
                        try await request(number)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
