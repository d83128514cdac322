import Access
import Foundation
import GivenCaller
import Loopback
import Testing

@testable import MyDriving

private let point = """
    {"Latitude": 47.67598, "Longitude": -122.10612, "Speed": 57.3, "Sequence": 2,
     "RecordedTimeStamp": "2018-05-24T10:00:15.003Z", "Runtime": 323, "RPM": -255}
    """

@Suite struct RouteTests {
    @Test func `a trip is made, shown, changed and deleted, and shows at once what was done`()
        async throws
    {
        try await Service.run { service in
            let made = try await service.ask(
                "POST", "/api/trips/", #"{"Name": "n", "UserId": "ann", "FuelUsed": 1.5}"#)
            #expect(made.status == 200)
            #expect(made.fields["content-type"] == "application/json; charset=utf-8")
            let id = try #require(made.object["Id"] as? String)
            #expect(UUID(uuidString: id) != nil)
            let shown = try await service.ask("GET", "/api/trips/\(id)/")
            #expect(shown.body == made.body)
            #expect(shown.fields["tacho-version"] == "1")
            let tag = try #require(shown.fields["etag"])
            let same = try await service.ask("GET", "/api/trips/\(id)", "", ["if-none-match": tag])
            #expect(same.status == 304 && same.body.isEmpty)
            let changed = try await service.ask(
                "PATCH", "/api/trips/\(id)", #"{"IsComplete": true, "Rating": 91005}"#)
            #expect(changed.object["IsComplete"] as? Bool == true)
            #expect(changed.object["Name"] as? String == "n")
            #expect(changed.object["Rating"] as? Int == -255)
            let reopened = try await service.ask(
                "PATCH", "/api/trips/\(id)", #"{"IsComplete": false}"#)
            #expect(reopened.object["IsComplete"] as? Bool == false)
            let listed = try await service.ask("GET", "/api/trips/user/ann")
            #expect(listed.list.map { $0["Id"] as? String } == [id])
            let deleted = try await service.ask("DELETE", "/api/trips/\(id)")
            #expect(deleted.status == 200 && deleted.body == #""{}""#)
            #expect(try await service.ask("GET", "/api/trips/\(id)").status == 404)
            #expect(try await service.ask("DELETE", "/api/trips/\(id)").status == 404)
            #expect(try await service.ask("PATCH", "/api/trips/\(id)", "{}").status == 404)
        }
    }

    @Test func `a point is added once, corrected and removed, and keeps its id`() async throws {
        try await Service.run { service in
            let trip = "/api/trips/chosen"
            _ = try await service.ask("POST", "/api/trips", #"{"Id": "chosen", "UserId": "ann"}"#)
            let added = try await service.ask("POST", trip + "/trippoints", point)
            #expect(added.object["Speed"] as? Double == 57.3)
            #expect(added.object["Runtime"] as? Int == 323)
            let id = try #require(added.object["Id"] as? String)
            _ = try await service.ask("POST", trip + "/trippoints", "[\(point), \(point)]")
            let listed = try await service.ask("GET", trip + "/trippoints")
            #expect(listed.list.map { $0["Id"] as? String } == [id])
            let one = "\(trip)/trippoints/\(id)"
            let changed = try await service.ask("PATCH", one, #"{"Speed": 10}"#)
            #expect(changed.object["Speed"] as? Double == 10)
            #expect(changed.object["Runtime"] as? Int == 323)
            let shown = try await service.ask("GET", one)
            #expect(shown.object["Speed"] as? Double == 10)
            #expect(shown.object["Runtime"] as? Int == 323)
            // A phone that sends again what it has sent does not undo that.
            _ = try await service.ask("POST", trip + "/trippoints", point)
            #expect(try await service.ask("GET", one).object["Speed"] as? Double == 10)
            #expect(try await service.ask("DELETE", one).body == #""{}""#)
            #expect(try await service.ask("GET", one).status == 404)
            #expect(try await service.ask("DELETE", one).status == 404)
            #expect(try await service.ask("GET", trip + "/trippoints").body == "[]")
        }
    }

    @Test func `points of interest are reported beside those that are detected`() async throws {
        try await Service.run { service in
            let body = """
                {"tripId": "t", "latitude": 1, "longitude": 2, "poiType": 2,
                 "timestamp": "2018-05-24T10:00:15.003Z"}
                """
            let key = ["idempotency-key": "k"]
            let made = try await service.ask("POST", "/api/poi", body, key)
            let id = try #require(made.object["id"] as? String)
            let again = try await service.ask("POST", "/api/poi", body, key)
            #expect(again.object["id"] as? String == id)
            for path in ["/api/poi", "/api/poi/trip/t"] {
                let listed = try await service.ask("GET", path)
                #expect(listed.list.count == 1)
                #expect(listed.list.first?["source"] as? String == "reported")
            }
            #expect(try await service.ask("GET", "/api/poi/\(id)").body == made.body)
            #expect(try await service.ask("GET", "/api/poi/trip/none").body == "[]")
            #expect(try await service.ask("GET", "/api/poi/none").status == 404)
        }
    }

    @Test func `bad bodies and requests are refused with what is wrong`() async throws {
        try await Service.run { service in
            _ = try await service.ask("POST", "/api/trips", #"{"Id": "t", "UserId": "ann"}"#)
            for (method, path, body, status) in [
                ("POST", "/api/trips", "{", 400), ("POST", "/api/trips", "[]", 422),
                ("POST", "/api/trips/t/trippoints", "[]", 422),
                ("POST", "/api/trips/t/trippoints", "{}", 422),
                ("POST", "/api/trips/none/trippoints", point, 404),
                ("PATCH", "/api/trips/t", #"{"UserId": "bob"}"#, 422),
                ("PATCH", "/api/trips/t", #"{"Id": "u"}"#, 422),
                ("POST", "/api/trips", #"{"Id": "t", "UserId": "bob"}"#, 409),
                ("GET", "/api/trips?limit=x", "", 422), ("GET", "/api/trips?cursor=x", "", 422),
                ("GET", "/api/poi?cursor=x", "", 422), ("PUT", "/api/trips", "", 405),
                ("GET", "/api/trips/t/trippoints/x", "", 404),
            ] {
                let answer = try await service.ask(method, path, body)
                #expect(answer.status == status, "\(method) \(path) \(body)")
                #expect(answer.fields["content-type"] == "application/problem+json")
            }
            let other = try await service.ask(
                "POST", "/api/trips", "{}", ["content-type": "text/plain"])
            #expect(other.status == 415)
        }
    }

    @Test func `lists come in pages that a link leads through`() async throws {
        try await Service.run { service in
            for number in 0..<5 {
                _ = try await service.ask(
                    "POST", "/api/trips", #"{"Id": "t\#(number)", "UserId": "ann"}"#)
                for kind in 1...2 {
                    _ = try await service.ask(
                        "POST", "/api/poi",
                        """
                        {"tripId": "t\(number)", "latitude": 1, "longitude": 2,
                         "poiType": \(kind)}
                        """)
                }
            }
            for (path, name, count) in [("/api/trips", "Id", 5), ("/api/poi", "id", 10)] {
                var next: String? = path + "?limit=2"
                var seen: [String] = []
                while let page = next {
                    let answer = try await service.ask("GET", page)
                    #expect(answer.status == 200)
                    seen += answer.list.compactMap { $0[name] as? String }
                    next = answer.fields["link"].map {
                        String($0.dropFirst().prefix { $0 != ">" })
                    }
                }
                #expect(seen.count == count && Set(seen).count == count)
            }
        }
    }

    @Test func `a driver makes and sees what is their own, and nothing else`() async throws {
        try await Service.run(as: GivenCaller("ann", .driver)) { service in
            let made = try await service.ask("POST", "/api/trips", #"{"Name": "n"}"#)
            #expect(made.object["UserId"] as? String == "ann")
            let foreign = try await service.ask("POST", "/api/trips", #"{"UserId": "bob"}"#)
            #expect(foreign.status == 403)
            #expect(try await service.ask("GET", "/api/trips/user/bob").status == 403)
            #expect(try await service.ask("GET", "/api/trips").list.count == 1)
            let users = try await service.ask("GET", "/api/user").list
            #expect(users.map { $0["UserId"] as? String } == ["ann"])
            for (id, body) in [("bob", "{}"), ("x", #"{"userId": "bob"}"#), ("x", "{}")] {
                let taken = try await service.ask("POST", "/api/user-java/\(id)", body)
                #expect(taken.status == 403, "\(id) \(body)")
            }
        }
    }

    @Test func `a user is made, changed, listed and erased`() async throws {
        try await Service.run { service in
            let made = try await service.ask(
                "POST", "/api/user-java/2", #"{"firstName": "f", "userId": "ann", "ranking": 7}"#)
            #expect(made.status == 200)
            #expect(made.object["id"] as? String == "2")
            #expect(made.object["ranking"] as? Int == 0)
            let changed = try await service.ask("PATCH", "/api/user/2", #"{"LastName": "l"}"#)
            #expect(changed.object["firstName"] as? String == "f")
            #expect(changed.object["lastName"] as? String == "l")
            let shown = try await service.ask("GET", "/api/user/2").list
            #expect(shown.first?["FirstName"] as? String == "f")
            #expect(shown.first?["UserId"] as? String == "ann")
            let second = try await service.ask(
                "POST", "/api/user-java/3", #"{"userId": "ann"}"#)
            #expect(second.status == 409)
            // A trip's user who has a profile keeps it; another one gets one, with a UUID for id.
            for user in ["ann", "bob"] {
                _ = try await service.ask("POST", "/api/trips", #"{"UserId": "\#(user)"}"#)
            }
            let listed = try await service.ask("GET", "/api/user/").list
            #expect(Set(listed.compactMap { $0["UserId"] as? String }) == ["ann", "bob"])
            let bob = listed.first { $0["UserId"] as? String == "bob" }
            let id = try #require(bob?["Id"] as? String)
            #expect(UUID(uuidString: id) != nil)
            #expect(bob?["TotalTrips"] as? Int == 1)
            let gone = try await service.ask("DELETE", "/api/user/\(id)")
            #expect(gone.body == "User profile \(id) deleted")
            #expect(try await service.ask("GET", "/api/user/\(id)").status == 404)
            #expect(try await service.ask("GET", "/api/user").list.count == 1)
        }
    }

    @Test func `health and version are as each service says them`() async throws {
        try await Service.run { service in
            let trips = try await service.ask("GET", "/api/healthcheck/trips")
            #expect(
                trips.body == #"{"message":"Trip Service Healthcheck","status":"Healthy"}"#)
            let user = try await service.ask("GET", "/api/healthcheck/user/")
            #expect(user.body == #"{"message":"healthcheck","status":"healthy"}"#)
            for service in try await [
                service.ask("GET", "/api/version/poi"),
                service.ask("GET", "/api/version/user-java"),
            ] { #expect(service.body == "1.2.3") }
            #expect(try await service.ask("HEAD", "/api/healthcheck/poi").body.isEmpty)
        }
    }
}
