import Simulator
import Testing
import Trips

@Suite struct `Damaged files` {
    private static let samples = [
        """
        \u{feff}trip,time,latitude,longitude,speed_kmh,sequence,"a ""note"" "
        a,2026-03-02T07:00:00.000Z,48.8823256,2.3964725,60,1,"x, y"
        b,1772434800000,-48.1,2.1e0,,2,
        """,
        """
        {"userId": "u", "name": "\\u00fc\\ud83d\\ude97", "points": [{"time": 1772434800000,
        "latitude": 48.5, "longitude": -1.5e1, "speedMps": 10.25, "sequence": 3}, null, true]}
        """,
        """
        [{"Name": "n", "Points": [{"RecordedTimeStamp": "2016-03-01T10:00:00.5", "Latitude": 47.1,
        "Longitude": -122.25, "Speed": -255, "Sequence": 3, "RPM": 900.5}]}]
        """,
        """
        <?xml version="1.0"?><gpx><!-- c --><trk><name>a &amp; <![CDATA[b]]> &#x41;</name><trkseg>
        <trkpt lat="47.5" lon='-122.5'><ele>12.3</ele><time>2026-03-02T07:00:00Z</time></trkpt>
        </trkseg></trk></gpx>
        """,
    ]

    @Test(arguments: samples.indices, [UInt64(1), 2, 3])
    func `are refused or read in part, and no bad point comes of them`(sample: Int, seed: UInt64) {
        var generator = SeededGenerator(seed: seed, part: "damage", index: sample)
        let whole = Array(Self.samples[sample].utf8)
        for round in 0..<400 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...6, using: &generator) where !bytes.isEmpty {
                damage(&bytes, using: &generator)
            }
            guard let file = try? TripFile(name: "damaged", bytes: bytes) else { continue }
            for trip in file.trips {
                let bad = trip.points.compactMap { PointLimits.violation(in: $0) }
                #expect(bad.isEmpty && !trip.points.isEmpty, "seed \(seed), round \(round)")
                let again = try? TripFile(
                    name: "again", bytes: PointJSON.body(name: trip.name, points: trip.points))
                #expect(again?.trips.first?.points == trip.points, "seed \(seed), round \(round)")
            }
        }
    }

    private func damage(_ bytes: inout [UInt8], using generator: inout SeededGenerator) {
        let index = Int.random(in: bytes.indices, using: &generator)
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.removeSubrange(index...)
        case 2: bytes.remove(at: index)
        case 3: bytes.insert(bytes[index], at: index)
        default:
            let letter = Array("\"',.<>&{}[]eE-+0\n\r\\;/=".utf8).randomElement(using: &generator)
            bytes[index] = letter ?? 0
        }
    }
}
