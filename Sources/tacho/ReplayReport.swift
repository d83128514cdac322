import Foundation
import Pipeline
import ReleasePlans
import Topics

/// What `tacho replay` is to do and has done, as `--json` prints it.
struct ReplayReport: Encodable {
    struct Partition: Encodable {
        var partition: Int
        var start: Int64
        var end: Int64
        var uploads: Int64
        /// About, by the mean of the sample.
        var bytes: Int64
        var takenOver: Int
        var straddling: Int
        /// Uploads before the start that may be read for the trips on both sides.
        var readAgain: Int64
    }
    struct Sample: Encodable {
        var uploads: Int
        var points: Int
        var seconds: Double
        var uploadsPerSecond: Double?
    }

    var version: Int
    var slot: String
    var base: Int?
    var from: String
    var plan: [String]
    var notes: [String]
    var partitions: [Partition]
    var uploads: Int64
    var bytes: Int64
    var takenOver: Int
    var events: Int
    var straddling: Int
    /// Of one worker that writes nothing.
    var sample: Sample
    var pace: Int
    /// How long one worker takes, about.
    var seconds: Double?
    var isExecuted = false
    var offset: Int64?

    init(
        _ plan: StagePlan, _ forecast: ReplayForecast, from: String, base: Version?, pace: Int
    ) {
        version = plan.version.number
        slot = plan.slot
        self.base = base?.number
        self.from = from
        self.plan = plan.lines
        notes = plan.warnings
        partitions = forecast.partitions.map { partition in
            Partition(
                partition: partition.partition, start: partition.start, end: partition.end,
                uploads: partition.uploads, bytes: forecast.bytes(of: partition.uploads),
                takenOver: partition.takenOver, straddling: partition.straddling,
                readAgain: partition.readAgain)
        }
        uploads = forecast.uploads
        bytes = forecast.bytes(of: forecast.uploads)
        takenOver = forecast.partitions.reduce(0) { $0 + $1.takenOver }
        events = forecast.partitions.reduce(0) { $0 + $1.events }
        straddling = forecast.partitions.reduce(0) { $0 + $1.straddling }
        let sample = forecast.sample
        self.sample = Sample(
            uploads: sample.uploads, points: sample.points, seconds: sample.seconds,
            uploadsPerSecond: sample.rate)
        self.pace = pace
        seconds = forecast.seconds(pace: pace)
    }

    func print() {
        Terminal.say("from \(from)")
        let rows = partitions.filter { $0.end > 0 }.map {
            [
                "\($0.partition)", "\($0.start)", "\($0.end)", "\($0.uploads)",
                Terminal.bytes($0.bytes), "\($0.takenOver)", "\($0.straddling)",
            ]
        }
        Terminal.table(
            [["partition", "start", "end", "uploads", "about", "taken over", "on both sides"]]
                + rows)
        let again = partitions.reduce(0) { $0 + $1.readAgain }
        Terminal.say("reads       \(uploads) uploads, about \(Terminal.bytes(bytes))")
        if straddling > 0 {
            Terminal.say(
                "            \(straddling) trips on both sides from their first upload, at most "
                    + "\(again) uploads more")
        }
        if let base {
            Terminal.say(
                "takes over  \(takenOver) trips with \(events) events from version \(base)")
        }
        let copies = takenOver + straddling + events
        let first = copies > 0 ? "\(copies) records taken over, and " : ""
        Terminal.say(
            "writes      \(first)at most \(uploads) scores with their events: one where several "
                + "uploads of a trip come together")
        Terminal.say("takes       \(duration)")
    }

    private var duration: String {
        guard uploads > 0 else { return "no time: there is nothing to score" }
        guard let seconds, let rate = sample.uploadsPerSecond else {
            return "a time that nobody knows: no upload could be read"
        }
        let limit = pace > 0 && Double(pace) < rate ? ", kept to \(pace)" : ""
        return String(
            format: "about %@ of one worker: %.0f uploads a second%@, as a sample of %d was read "
                + "and scored here just now; writing comes on top",
            Moment.age(seconds: seconds.rounded(.up)), rate, limit, sample.uploads)
    }
}
