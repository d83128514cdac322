import Testing
import Topics

@testable import Site

@Suite struct MomentTests {
    /// Moments around the nights in which clocks change, and the end of a year.
    @Test(
        arguments: [
            (1_767_225_600_000, "UTC", "1 Jan 2026, 00:00 UTC", "UTC"),
            (1_767_225_600_000, "America/Los_Angeles", "31 Dec 2025, 16:00", "UTC−8"),
            (1_767_225_600_000, "Asia/Kolkata", "1 Jan 2026, 05:30", "UTC+5:30"),
            // 2026-03-29: 01:00 UTC is when Berlin goes from 02:00 to 03:00.
            (1_774_745_999_000, "Europe/Berlin", "29 Mar 2026, 01:59", "UTC+1"),
            (1_774_746_000_000, "Europe/Berlin", "29 Mar 2026, 03:00", "UTC+2"),
            // 2026-10-25: the hour from 02:00 comes twice.
            (1_792_887_000_000, "Europe/Berlin", "25 Oct 2026, 02:10", "UTC+2"),
            (1_792_890_600_000, "Europe/Berlin", "25 Oct 2026, 02:10", "UTC+1"),
        ] as [(Int64, String, String, String)])
    func `a moment reads as clocks there show it`(
        milliseconds: Int64, zone: String, text: String, offset: String
    ) throws {
        let zone = try #require(ClockZone(zone))
        #expect(Moment(milliseconds, .full, in: zone).text == text)
        #expect(zone.offsetName(at: milliseconds) == offset)
    }

    @Test func `a trip across midnight says both days, in the viewer's zone`() throws {
        var message = message()
        // 2026-06-01 23:50 to 00:10 in Berlin, 21:50 to 22:10 in UTC.
        message.startedAtMs = 1_780_350_600_000
        message.endedAtMs = message.startedAtMs + 1_200_000
        let row = row(message)
        for (zone, end, events) in [
            ("Europe/Berlin", "2 Jun 2026, 00:10", "full"), ("Europe/London", "23:10", "clock"),
        ] {
            var preferences = Preferences()
            preferences.zone = try #require(ClockZone(zone))
            let view = TripView(
                row, message, [], user: nil, data: "", live: nil, version: .first, preferences)
            #expect(view.to?.text == end)
            #expect(view.events.first?.when.form == events)
            #expect(view.offsets == nil)
        }
    }

    @Test func `a trip through a change of clocks says so`() throws {
        var message = message()
        message.startedAtMs = 1_774_745_400_000
        message.endedAtMs = message.startedAtMs + 1_200_000
        var preferences = Preferences()
        preferences.zone = try #require(ClockZone("Europe/Berlin"))
        let view = TripView(
            row(message), message, [], user: nil, data: "", live: nil, version: .first, preferences)
        #expect(view.from.text == "29 Mar 2026, 01:50" && view.to?.text == "03:10")
        #expect(view.offsets == "UTC+1, then UTC+2")
    }

    @Test(arguments: ["", "Mars/Base", "../etc/passwd", "Europe/Berlin; x", "<b>"])
    func `what is no zone is none`(name: String) { #expect(ClockZone(name) == nil) }
}
