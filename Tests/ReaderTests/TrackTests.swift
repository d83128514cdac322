import EventLog
import Foundation
import FoundationXML
import Loopback
import Testing
import Topics
import Trips

@testable import Reader

@Suite struct TrackTests {
    private let track = TrackText(
        trip: TripID("t1")!, name: "A <b> & \"c\"", points: points(0..<3))

    private func text(_ format: TrackFormat, of track: TrackText? = nil) -> String {
        String(decoding: (track ?? self.track).bytes(format), as: UTF8.self)
    }

    @Test func `JSON has columns, a null where a value is missing, and no empty column`() {
        #expect(
            text(.json) == """
                {"trip":"t1","columns":{"sequence":[0,1,2],\
                "time":["2026-01-01T00:00:00.000Z","2026-01-01T00:00:01.000Z",\
                "2026-01-01T00:00:02.000Z"],\
                "latitude":[47.6397199,47.6398199,47.6399199],\
                "longitude":[-122.1306499,-122.1306499,-122.1306499],\
                "speedMps":[13.8889,null,13.8889]}}
                """)
    }

    @Test func `CSV has a row a point under a header`() {
        #expect(
            text(.csv) == """
                sequence,time,latitude,longitude,speed_mps\r
                0,2026-01-01T00:00:00.000Z,47.6397199,-122.1306499,13.8889\r
                1,2026-01-01T00:00:01.000Z,47.6398199,-122.1306499,\r
                2,2026-01-01T00:00:02.000Z,47.6399199,-122.1306499,13.8889\r

                """)
    }

    @Test func `GeoJSON is a line with the times of its positions`() {
        #expect(
            text(.geojson) == """
                {"type":"Feature","id":"t1","geometry":{"type":"LineString","coordinates":\
                [[-122.1306499,47.6397199],[-122.1306499,47.6398199],[-122.1306499,47.6399199]]},\
                "properties":{"trip":"t1","name":"A <b> & \\"c\\"","coordTimes":\
                ["2026-01-01T00:00:00.000Z","2026-01-01T00:00:01.000Z",\
                "2026-01-01T00:00:02.000Z"]}}
                """)
        let one = TrackText(trip: track.trip, name: nil, points: points(0..<1))
        #expect(text(.geojson, of: one).contains(#""type":"Point""#))
        let none = TrackText(trip: track.trip, name: nil, points: [])
        #expect(text(.geojson, of: none).contains(#""geometry":null"#))
    }

    @Test func `GPX is well-formed and keeps a hostile name as text`() throws {
        var points = points(0..<2)
        points[0].longitudeE7 = 1_800_000_000
        points[0].altitudeCentimeters = -250
        let track = TrackText(trip: track.trip, name: track.name, points: points)
        let parser = XMLParser(data: Data(track.bytes(.gpx)))
        let outline = Outline()
        parser.delegate = outline
        #expect(parser.parse())
        #expect(
            outline.names == [
                "gpx", "trk", "name", "trkseg", "trkpt", "ele", "time", "trkpt", "time",
            ])
        #expect(outline.longitudes == ["-180", "-122.1306499"])
        #expect(outline.texts.contains("A <b> & \"c\""))
        #expect(outline.texts.contains("-2.5"))
    }

    private final class Outline: NSObject, XMLParserDelegate {
        var names: [String] = []
        var longitudes: [String] = []
        var texts: [String] = []
        private var text = ""

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
            qualifiedName: String?, attributes: [String: String]
        ) {
            names.append(name)
            if let longitude = attributes["lon"] { longitudes.append(longitude) }
            text = ""
        }

        func parser(_ parser: XMLParser, foundCharacters found: String) { text += found }

        func parser(
            _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
            qualifiedName: String?
        ) {
            texts.append(text)
            text = ""
        }
    }

    @Test(
        arguments: [
            (nil, .json), ("", .json), ("*/*", .json), ("application/*", .json), ("text/*", .csv),
            ("text/csv", .csv), ("application/gpx+xml", .gpx), ("APPLICATION/GEO+JSON", .geojson),
            ("application/json;q=0.5, text/csv", .csv),
            ("*/*;q=0.1, application/gpx+xml;q=0.2", .gpx),
            ("application/json;q=0, */*", .geojson), ("text/html", nil), ("text/csv;q=0", nil),
            ("text/html, */*;q=0.8", .json),
        ] as [(String?, TrackFormat?)])
    func `Accept chooses the form`(accept: String?, format: TrackFormat?) {
        #expect(TrackFormat(accept: accept) == format)
    }

    @Test func `each form has its path and its type`() async throws {
        try await Installation.run { installation in
            let last = try await installation.upload(
                "t1", Upload(user: user("ann"), content: .points(points(0..<20))))
            try await installation.score(message("t1"), after: last)
            let after = ["Tacho-Read-After": last.description]
            for format in TrackFormat.allCases {
                let suffix = try await installation.get("/v1/trips/t1/track.\(format)", after)
                #expect(suffix.status == 200)
                #expect(suffix["content-type"] == format.contentType)
                let type = format.contentType.prefix { $0 != ";" }
                let accept = try await installation.get(
                    "/v1/trips/t1/track", ["Accept": String(type)])
                #expect(accept.body == suffix.body)
                #expect(accept["etag"] == suffix["etag"])
            }
            let refused = try await installation.get("/v1/trips/t1/track", ["Accept": "text/html"])
            #expect(refused.status == 406)
            let csv = try await installation.get("/v1/trips/t1/track.csv")
            #expect(csv.body.split(separator: "\r\n").count == 21)
        }
    }

    @Test func `a reading in any unit is the same number in every form`() {
        #expect(tenThousandthsMps(0) == 0)
        #expect(tenThousandthsMps(3_600) == 10_000)
        for metersPerHour in Int32(0)...500_000 {
            let back = (tenThousandthsMps(metersPerHour) * 18 + 25) / 50
            guard back == Int64(metersPerHour) else {
                Issue.record("\(metersPerHour) comes back as \(back)")
                return
            }
        }
    }
}
