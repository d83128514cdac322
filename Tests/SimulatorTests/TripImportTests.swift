import Simulator
import Testing
import Trips

@Suite struct `An import` {
    private func trip(points: Int) -> ImportedTrip {
        ImportedTrip(
            givenID: TripID("a:b~c"), user: UserID("u"),
            points: (0..<points).map {
                Point(
                    timeMilliseconds: 1_772_434_800_000 + Int64($0) * 1000, latitudeE7: Int32($0),
                    longitudeE7: 0)
            })
    }

    @Test func `a trip goes up in batches and then ends`() async throws {
        let server = try await ScriptedServer { request, number in
            if request.uri.hasSuffix("/end") {
                return .answer(202, ["Tacho-Position": "trip-uploads/3@17"], "{}")
            }
            let count = request.body.split(separator: "{\"time\"").count - 1
            return .answer(
                202, [:],
                """
                {"accepted": \(count - 1), "rejected":
                [{"index": 2, "pointer": "/points/2", "reason": "no"}], "warnings": []}
                """)
        }
        let client = UploadClient(server: try Server(server.address))
        var options = TripImport.Options()
        options.batchPoints = 100
        options.batchesInFlight = 3
        let result = try await TripImport(client: client, options: options)
            .send(trip(points: 1_050))
        #expect(result.accepted == 1_039)
        #expect(result.rejected.map(\.index) == (0...10).map { $0 * 100 + 2 })
        #expect(result.position == "trip-uploads/3@17")
        let requests = server.requests
        #expect(requests.count == 12)
        #expect(requests.last?.uri == "/v1/trips/a%3Ab~c/end")
        #expect(requests.dropLast().allSatisfy { $0.uri == "/v1/trips/a%3Ab~c/points" })
        #expect(requests[0].body.hasPrefix("{\"userId\":\"u\",\"points\":[{\"time\":"))
        client.close()
        try await server.stop()
    }

    @Test func `a refused trip says why`() async throws {
        let server = try await ScriptedServer { _, _ in .answer(403, [:], "not yours") }
        let client = UploadClient(server: try Server(server.address))
        let failure = await #expect(throws: TripImport.Failure.self) {
            try await TripImport(client: client).send(trip(points: 3))
        }
        #expect("\(failure.map { "\($0)" } ?? "")".contains("403: not yours"))
        client.close()
        try await server.stop()
    }
}
