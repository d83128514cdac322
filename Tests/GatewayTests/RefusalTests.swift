import EventLog
import Foundation
import Testing
import Web

@testable import Gateway

/// What is refused, and how; nothing of it reaches the log.
struct RefusalTests {
    @Test(
        arguments: [
            ("GET", "/v1/trips/t/points", "application/json", "", 405),
            ("DELETE", "/v1/trips/t/end", "application/json", "", 405),
            ("POST", "/v1/trips/t/pints", "application/json", "", 404),
            ("POST", "/v1/trips/t/points", "text/plain", "", 415),
            ("POST", "/v1/trips/t/points", nil, "", 415),
            ("POST", "/v1/trips/t/end", "application/x-ndjson", "{}", 415),
            ("POST", "/v1/trips/t/points", "application/json", "", 400),
            (
                "POST", "/v1/trips/t/points", "application/json", #"{"points":[{"latitude":NaN}]}"#,
                400
            ),
            ("POST", "/v1/trips/t/end", "application/json", "{", 400),
            ("POST", "/v1/trips/t/end?userId=%0a", nil, "", 422),
            ("POST", "/v1/trips/a%2Fb/points", "application/json", "{}", 422),
            ("POST", "/v1/trips/a%zz/points", "application/json", "{}", 422),
            ("POST", "/v1/trips/%ff/points", "application/json", "{}", 422),
            ("POST", "/v1/trips/t/points", "application/x-protobuf", "no", 422),
        ] as [(String, String, String?, String, Int)])
    func `a bad request gets a problem`(
        method: String, path: String, type: String?, body: String, status: Int
    ) async throws {
        let log = FaultyLog()
        try await RunningGateway.with(log: log) { gateway in
            let answer = try await gateway.send(method, path, type: type, body: Array(body.utf8))
            #expect(answer.status == status, "\(answer.text)")
            #expect(answer.fields["content-type"] == "application/problem+json")
            let json = try answer.json
            #expect(json["status"] as? Int == status)
            #expect((json["detail"] as? String)?.isEmpty == false)
            if status == 405 { #expect(answer.fields["allow"] == "POST") }
            if status == 415 { #expect(answer.fields["accept"] != nil) }
        }
        #expect(await log.appended.isEmpty)
    }

    @Test(
        arguments: [
            (LogError.unavailable(reason: "disk full"), 503), (.queueFull(limit: 1), 503),
            (.groupTaken(group: "g", holder: "h"), 503), (.unusable(reason: "secret"), 503),
            (.recordTooLarge(bytes: 2, limit: 1), 413),
        ] as [(LogError, Int)])
    func `a log that takes nothing is no success`(error: LogError, status: Int) async throws {
        let log = FaultyLog(failing: error)
        try await RunningGateway.with(log: log) { gateway in
            let answer = try await gateway.send(
                "POST", "/v1/trips/t/points", body: UploadTests.json)
            #expect(answer.status == status)
            #expect((answer.fields["retry-after"] != nil) == (status == 503))
            #expect(!answer.text.contains("secret") && !answer.text.contains("disk"))
        }
    }

    @Test func `no answer comes before the log has the upload`() async throws {
        let log = FaultyLog(holding: true)
        try await RunningGateway.with(log: log) { gateway in
            let answer = Task {
                try await gateway.send("POST", "/v1/trips/t/points", body: UploadTests.json)
            }
            while await !log.isWaiting { await Task.yield() }
            // Others are answered meanwhile, so the answer is late for the log's sake alone.
            for _ in 0..<20 {
                let live = try await gateway.send("GET", "/livez", type: nil)
                #expect(live.status == 200)
            }
            #expect(await log.appended.isEmpty)
            await log.letGo()
            let taken = try await answer.value
            #expect(taken.status == 202)
            #expect(await log.appended.count == 1)
        }
    }

    @Test(arguments: [
        "\u{0}\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "POST /v1/trips/t/points HTTP/9.9\r\n\r\n",
        "POST /v1/trips/t/points HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "POST /v1/trips/t/points HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
            + "Content-Type: application/json\r\n\r\nzz\r\n",
    ])
    func `what is no HTTP ends its connection and nothing else`(garbage: String) async throws {
        try await RunningGateway.with(log: FaultyLog()) { gateway in
            let isClosed = try await onThread {
                let client = try RawClient(port: gateway.port)
                try client.send(garbage)
                return try client.isClosed()
            }
            #expect(isClosed)
            let answer = try await gateway.send(
                "POST", "/v1/trips/t/points", body: UploadTests.json)
            #expect(answer.status == 202)
        }
    }

    @Test func `every process says how it is`() async throws {
        try await RunningGateway.with(log: FaultyLog()) { gateway in
            let live = try await gateway.send("GET", "/livez/", type: nil)
            #expect(live.text == "ok\n")
            let ready = try await gateway.send("GET", "/readyz", type: nil)
            #expect(ready.status == 503 && ready.text.contains("Waiting for the log."))
            let metrics = try await gateway.send("GET", "/metrics", type: nil)
            #expect(metrics.text == "a 1\n")
            let put = try await gateway.send("PUT", "/metrics", type: nil)
            #expect(put.status == 405)
        }
    }
}
