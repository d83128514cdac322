import Foundation
import Testing
import Web

@testable import Gateway

/// Bodies that are too large, too slow, too many, or damaged.
struct BodyTests {
    /// A good body of exactly so many bytes.
    static func padded(to count: Int) -> [UInt8] {
        UploadTests.json
            + Array(repeating: UInt8(ascii: " "), count: count - UploadTests.json.count)
    }

    static var small: BodyLimits {
        var limits = BodyLimits()
        limits.bytes = 100_000
        limits.firstShareBytes = 1_000
        return limits
    }

    @Test(arguments: [("identity", 0), ("gzip", 0), ("identity", 1), ("gzip", 1)])
    func `a body may be as large as the limit and no larger`(encoding: String, more: Int)
        async throws
    {
        let log = FaultyLog()
        let body = Self.padded(to: 8 << 20 + more)
        try await RunningGateway.with(log: log) { gateway in
            let answer = try await gateway.send(
                "POST", "/v1/trips/t/points", fields: ["Content-Encoding": encoding],
                body: encoding == "gzip" ? gzip(body) : body)
            #expect(answer.status == (more == 0 ? 202 : 413), "\(answer.text)")
        }
        #expect(await log.appended.count == 1 - more)
    }

    @Test func `a gzip bomb is refused, and so is what is not whole gzip`() async throws {
        let good = gzip(UploadTests.json)
        let bomb = gzip([UInt8](repeating: UInt8(ascii: " "), count: 256 << 20))
        var flipped = good
        flipped[good.count / 2] ^= 0xff
        var wrongSum = good
        wrongSum[good.count - 6] ^= 1
        let cases: [([UInt8], String, Int)] = [
            (bomb, "gzip", 413), (flipped, "gzip", 400), (wrongSum, "gzip", 400),
            (good.dropLast(), "gzip", 400), (good.dropLast(good.count - 5), "gzip", 400),
            ([], "gzip", 400), (UploadTests.json, "gzip", 400), (good + [0], "gzip", 400),
            (good, "br", 415), (good, "identity", 400), (good, "X-GZIP", 202),
            (
                gzip(Array(UploadTests.json[..<20])) + gzip(Array(UploadTests.json[20...])), "gzip",
                202
            ),
        ]
        try await RunningGateway.with(log: FaultyLog()) { gateway in
            for (index, (body, encoding, status)) in cases.enumerated() {
                let answer = try await gateway.send(
                    "POST", "/v1/trips/t/points", fields: ["Content-Encoding": encoding], body: body
                )
                #expect(answer.status == status, "case \(index): \(answer.text)")
            }
        }
    }

    @Test func `a body in chunks is bounded too`() async throws {
        try await RunningGateway.with(log: FaultyLog(), bodies: Self.small) { gateway in
            func answer(_ body: [UInt8]) async throws -> RawAnswer {
                try await onThread {
                    let client = try RawClient(port: gateway.port)
                    try client.send(
                        "POST /v1/trips/t/points HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n")
                    for start in stride(from: 0, to: body.count, by: 777) {
                        let chunk = Array(body[start..<min(start + 777, body.count)])
                        let size = String(chunk.count, radix: 16)
                        try client.send(Array("\(size)\r\n".utf8) + chunk + Array("\r\n".utf8))
                    }
                    try client.send("0\r\n\r\n")
                    return try client.receive()
                }
            }
            let fits = try await answer(Self.padded(to: 100_000))
            #expect(fits.status == 202, "\(fits.text)")
            let tooLarge = try await answer(Self.padded(to: 100_001))
            #expect(tooLarge.status == 413, "\(tooLarge.text)")
        }
    }

    @Test func `a body that is too slow ends its connection`() async throws {
        var limits = Self.small
        limits.arrival = .milliseconds(100)
        try await RunningGateway.with(log: FaultyLog(), bodies: limits) { gateway in
            let (status, isClosed) = try await onThread {
                let client = try RawClient(port: gateway.port)
                try client.send(
                    "POST /v1/trips/t/points HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 1000\r\n\r\n{")
                return (try client.receive().status, try client.isClosed())
            }
            #expect(status == 408)
            #expect(isClosed)
        }
    }

    @Test func `a body waits for memory, and not for ever`() async throws {
        var limits = Self.small
        limits.bytesInFlight = limits.bytes
        limits.shareWait = .milliseconds(50)
        let log = FaultyLog()
        try await RunningGateway.with(log: log, bodies: limits) { gateway in
            let head =
                "POST /v1/trips/t/points HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                + "Content-Length: 100000\r\n\r\n"
            try await onThread {
                let body = Self.padded(to: 100_000)
                var first = try RawClient(port: gateway.port)
                try first.send(Array(head.utf8) + body[..<500])
                // Until the first has its share, a second one may still be taken, and the first
                // be refused for its sake.
                var refused: RawAnswer
                repeat {
                    if !first.isSilent(milliseconds: 0) {
                        first = try RawClient(port: gateway.port)
                        try first.send(Array(head.utf8) + body[..<500])
                    }
                    let second = try RawClient(port: gateway.port)
                    try second.send(Array(head.utf8) + body)
                    refused = try second.receive()
                } while refused.status == 202
                #expect(refused.status == 503 && refused.fields["retry-after"] == "1")
                try first.send(Array(body[500...]))
                #expect(try first.receive().status == 202)
                let third = try RawClient(port: gateway.port)
                try third.send(Array(head.utf8) + body)
                #expect(try third.receive().status == 202)
            }
        }
    }

    @Test func `an upload that breaks off leaves nothing behind`() async throws {
        var limits = Self.small
        limits.bytesInFlight = limits.bytes
        limits.shareWait = .seconds(20)
        let log = FaultyLog()
        try await RunningGateway.with(log: log, bodies: limits) { gateway in
            for _ in 0..<5 {
                try await onThread {
                    let client = try RawClient(port: gateway.port)
                    try client.send(
                        "POST /v1/trips/t/points HTTP/1.1\r\nHost: a\r\n"
                            + "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{")
                }
            }
            let answer = try await gateway.send(
                "POST", "/v1/trips/t/points", body: Self.padded(to: 100_000))
            #expect(answer.status == 202, "\(answer.text)")
        }
        #expect(await log.appended.count == 1)
    }

    @Test func `many large bodies at a time are all answered`() async throws {
        var limits = BodyLimits()
        limits.shareWait = .seconds(60)
        let log = FaultyLog()
        try await RunningGateway.with(log: log, bodies: limits) { gateway in
            let body = Self.padded(to: 8 << 20)
            await withTaskGroup(of: Int?.self) { group in
                for index in 0..<64 {
                    group.addTask {
                        try? await gateway.send("POST", "/v1/trips/t\(index)/points", body: body)
                            .status
                    }
                }
                for await status in group { #expect(status == 202) }
            }
        }
        #expect(await log.appended.count == 64)
    }
}
