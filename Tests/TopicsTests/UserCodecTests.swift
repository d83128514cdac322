import Testing
import Topics
import Trips

private let samples: [UserChange] = {
    var full = UserChange()
    full.user = UserID("ann")
    full.firstName = "Änn"
    full.lastName = ""
    full.profilePictureURI = "https://example.org/a.png"
    full.fuelConsumption = 7.5
    full.home = .circle(
        HomeCircle(latitudeE7: 476_397_198, longitudeE7: -1_223_301_000, radiusMeters: 300))
    var cleared = UserChange()
    cleared.home = .cleared
    var deleted = UserChange()
    deleted.isDeleted = true
    return [UserChange(), full, cleared, deleted]
}()

@Test func `golden changes of profiles decode for ever and are still what is written`() throws {
    for (index, change) in samples.enumerated() {
        let bytes = try golden("user-change-1.\(index)")
        #expect(try UserCodec.decode(bytes) == change)
        #expect(UserCodec.encode(change) == bytes)
    }
}

@Test func `a name is at most so many characters, whatever bytes they take`() throws {
    var change = UserChange()
    change.firstName = String(repeating: "é", count: 50)
    change.lastName = String(repeating: "👩‍👩‍👧", count: 80)
    #expect(try UserCodec.decode(UserCodec.encode(change)) == change)
}

private let wrong: [(word: String, change: @Sendable (inout UserChange) -> Void)] = [
    ("firstName", { $0.firstName = String(repeating: "e", count: 51) }),
    ("lastName", { $0.lastName = String(repeating: "e", count: 81) }),
    ("lastName", { $0.lastName = "a\nb" }),
    ("profilePictureUri", { $0.profilePictureURI = String(repeating: "e", count: 2_049) }),
    ("fuelConsumption", { $0.fuelConsumption = .infinity }),
    ("home", { $0.home = .circle(.init(latitudeE7: 0, longitudeE7: 0, radiusMeters: 49)) }),
    ("home", { $0.home = .circle(.init(latitudeE7: 0, longitudeE7: 0, radiusMeters: 5_001)) }),
    (
        "home",
        { $0.home = .circle(.init(latitudeE7: 900_000_001, longitudeE7: 0, radiusMeters: 50)) }
    ),
]

@Test func `what is wrong with a change is said`() {
    for (word, change) in wrong {
        var bad = samples[1]
        change(&bad)
        #expect {
            _ = try UserCodec.decode(UserCodec.encode(bad))
        } throws: { error in
            "\(error)".hasPrefix(word)
        }
    }
    #expect {
        _ = try UserCodec.decode([0x0a, 0x00])
    } throws: { error in
        "\(error)".hasPrefix("user")
    }
}
