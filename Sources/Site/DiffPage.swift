public import ReleasePlans
public import Topics
internal import Trips

/// A comparison of two versions as one file that needs nothing else, neither server nor network.
public struct DiffPage {
    private let diff: VersionDiff
    private let url: String
    private let time: String
    private let failures: [String]

    /// The page of a comparison.
    ///
    /// - Parameters:
    ///   - url: where readers serve, for links to trips.
    ///   - time: when it was made, in words.
    ///   - failures: gates that do not hold, in words.
    public init(_ diff: VersionDiff, url: String, time: String, failures: [String] = []) {
        self.diff = diff
        self.url = url
        self.time = time
        self.failures = failures
    }

    /// The file.
    public var text: String { html.text }

    private var title: String {
        "Version \(diff.candidate.number) against version \(diff.live.number)"
    }

    private var html: HTML {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(title) · Tacho</title>
        <link rel="icon" href="data:,">
        <style>
        \(Self.style)
        </style>
        </head>
        <body>
        <main>
        <h1>\(title)</h1>
        <p class="faint">Made \(time). Each trip is compared where both versions stand at the same \
        upload.</p>
        \(verdict)
        \(totals)
        <h2>How scores change</h2>
        \(changes)
        <h2>Largest changes</h2>
        \(worst)
        \(named("Missing in the candidate", diff.missingTrips, of: diff.missing, on: diff.live))
        \(named("Only in the candidate", diff.extraTrips, of: diff.extra, on: diff.candidate))
        \(named("Left moving", diff.movingTrips, of: diff.moving, on: diff.live))
        </main>
        </body>
        </html>

        """
    }

    private var verdict: HTML {
        guard failures.isEmpty else {
            return """
                <ul>
                \(HTML.each(failures) { "<li class=\"severe-word\">Gate does not hold: \($0).</li>" })
                </ul>
                """
        }
        return diff.isEmpty && diff.trips > 0
            ? "<p>The two say the same of every trip.</p>" : ""
    }

    private var totals: HTML {
        let percent = diff.changedPercent.map { DiffGates.text($0) + " %" } ?? "none compared"
        return """
            <table>
            <caption>Trips that either version has</caption>
            <tbody>
            \(Self.row("Equal", diff.equal))
            \(Self.row("Different (\(percent))", diff.differing))
            \(Self.row("… in score", diff.scoreChanged))
            \(Self.row("… in events", diff.eventsChanged))
            \(Self.row("… in neither", diff.otherwiseChanged))
            \(Self.row("Missing in the candidate", diff.missing))
            \(Self.row("Only in the candidate", diff.extra))
            \(Self.row("Moving, not compared", diff.moving))
            </tbody>
            <tfoot>\(Self.row("All", diff.trips))</tfoot>
            </table>
            """
    }

    private static func row(_ name: String, _ count: Int) -> HTML {
        "<tr><th scope=\"row\">\(name)</th><td class=\"number\">\(count)</td></tr>"
    }

    private var changes: HTML {
        let histogram = DiffHistogram(diff)
        guard !histogram.bins.isEmpty else {
            return "<p>No score changes.</p>\(onesided)"
        }
        return """
            \(DiffFigure(histogram: histogram).html)
            <table>
            <caption>The same in numbers: the candidate's score less the live version's</caption>
            <thead><tr><th scope="col">Change</th>\
            <th scope="col" class="number">Trips</th></tr></thead>
            <tbody>
            \(HTML.each(histogram.bins) { Self.row($0.title, $0.trips) })
            </tbody>
            </table>
            \(onesided)
            """
    }

    private var onesided: HTML {
        guard diff.gained + diff.lost > 0 else { return "" }
        return """
            <p>\(diff.gained) trips have a score in the candidate alone, \(diff.lost) in the live \
            version alone.</p>
            """
    }

    private var worst: HTML {
        guard !diff.worst.isEmpty else { return "<p>No trip differs.</p>" }
        return """
            <div class="scroll wide" tabindex="0" role="region" aria-label="Largest changes">
            <table>
            <caption>\(diff.worst.count) of \(diff.differing) trips that differ</caption>
            <thead><tr><th scope="col">Trip</th>\
            <th scope="col" class="number">Version \(diff.live.number)</th>\
            <th scope="col" class="number">Version \(diff.candidate.number)</th>\
            <th scope="col" class="number">Change</th><th scope="col">What</th></tr></thead>
            <tbody>
            \(HTML.each(diff.worst) { line($0) })
            </tbody>
            </table>
            </div>
            """
    }

    private func line(_ change: TripChange) -> HTML {
        """
        <tr><th scope="row"><bdi>\(change.trip)</bdi></th>\
        <td class="number">\(score(change.liveScore, of: change.trip, on: diff.live))</td>\
        <td class="number">\(score(change.candidateScore, of: change.trip, on: diff.candidate))</td>\
        <td class="number">\(change.difference.map(DiffHistogram.Bin.signed) ?? "–")</td>\
        <td>\(change.words)</td></tr>
        """
    }

    private func score(_ score: Int?, of trip: String, on version: Version) -> HTML {
        link(score.map(String.init) ?? "none", to: trip, on: version)
    }

    private func link(_ text: String, to trip: String, on version: Version) -> HTML {
        guard let link = diff.link(to: trip, on: version, at: url) else { return "\(text)" }
        return "<a href=\"\(link)\">\(text)</a>"
    }

    private func named(
        _ title: String, _ trips: [String], of count: Int, on version: Version
    ) -> HTML {
        guard count > 0 else { return "" }
        let left = count - trips.count
        return """
            <h2>\(title)</h2>
            <ul>
            \(HTML.each(trips) { "<li><bdi>\(link($0, to: $0, on: version))</bdi></li>" })
            </ul>
            \(left > 0 ? "<p>\(left) more are not listed.</p>" : "")
            """
    }

    /// Nothing of it is anybody's text but ours.
    private static let style = HTML(
        trusted: String(decoding: PackageResources.site_css, as: UTF8.self) + figureStyle)

    /// A file that ``text`` made, as a page of the site: its style is one of the site's files, as
    /// pages may have none of their own.
    ///
    /// - Returns: nil for any other file.
    static func served(_ file: String) -> String? {
        guard let start = file.firstRange(of: "<style>"), let end = file.firstRange(of: "</style>"),
            start.upperBound <= end.lowerBound
        else { return nil }
        return file[..<start.lowerBound]
            + "<link rel=\"stylesheet\" href=\"\(Assets.base)/diff.css\">"
            + file[end.upperBound...].replacing(
                "<main>",
                with: "<main>\n<p class=\"back\"><a href=\"/operator\">Operations</a></p>",
                maxReplacements: 1)
    }

    /// The style of these pages.
    static var styleBytes: [UInt8] { Array(style.text.utf8) }

    private static let figureStyle = """
        .bars { display: block; width: 100%; min-width: 36rem; height: auto; background: var(--card);
            border: 1px solid var(--line); border-radius: 0.6rem; }
        .bars text { fill: var(--ink); font-size: 13px; }
        .bars .down { fill: var(--severe); }
        .bars .up { fill: var(--accent); }
        .bars .zero { stroke: var(--faint); }
        """
}

/// Changes of scores as bars, lower scores on the left.
private struct DiffFigure {
    let histogram: DiffHistogram
    private let width = 720
    private let height = 220
    private let foot = 40

    var html: HTML {
        """
        <figure>
        <div class="scroll" tabindex="0" role="region" aria-label="Changes of scores">
        <svg class="bars" viewBox="0 0 \(width) \(height + foot)" role="img" \
        aria-labelledby="bars-title">
        <title id="bars-title">Trips by change of score; the table below has the numbers</title>
        <path class="zero" d="M0 \(height)h\(width)"/>
        \(HTML.each(Array(histogram.bins.enumerated())) { bar($0, $1) })
        </svg>
        </div>
        <figcaption>Trips by change of score: lower than before on the left, higher on the \
        right.</figcaption>
        </figure>
        """
    }

    private func bar(_ index: Int, _ bin: DiffHistogram.Bin) -> HTML {
        let step = width / histogram.bins.count
        let x = index * step
        // A trip shows, however many others there are.
        let tall = bin.trips == 0 ? 0 : max(2, bin.trips * (height - 30) / histogram.tallest)
        let middle = x + step / 2
        return """
            <rect class="\(bin.range.lowerBound < 0 ? "down" : "up")" x="\(x + 3)" \
            y="\(height - tall)" width="\(max(1, step - 6))" height="\(tall)"/>\
            <text x="\(middle)" y="\(height - tall - 6)" text-anchor="middle">\
            \(bin.trips > 0 ? "\(bin.trips)" : "")</text>\
            <text x="\(middle)" y="\(height + 16)" text-anchor="middle">\
            \(DiffHistogram.Bin.signed(bin.range.lowerBound))</text>\
            <text x="\(middle)" y="\(height + 32)" text-anchor="middle">\
            \(bin.range.count > 1 ? "to \(DiffHistogram.Bin.signed(bin.range.upperBound))" : "")\
            </text>
            """
    }
}

extension TripChange {
    /// What differs, in words.
    public var words: String {
        switch kind {
        case .deletion: "deleted in one of them alone"
        case .upload: "an upload counts in one of them alone"
        case .content:
            switch (isScoreOther, areEventsOther) {
            case (true, true): "score and events"
            case (true, false): "score"
            case (false, true): "events"
            case (false, false): "other facts"
            }
        }
    }
}

extension VersionDiff {
    /// The page of a trip on a version; nil for a key that is no trip id.
    public func link(to trip: String, on version: Version, at url: String) -> String? {
        guard let id = TripID(trip) else { return nil }
        let base = url.hasSuffix("/") ? String(url.dropLast()) : url
        return "\(base)/trips/\(id.rawValue)?version=\(version.number)"
    }
}
