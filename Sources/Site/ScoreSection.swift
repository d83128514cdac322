internal import Projection
internal import Topics

/// Why a trip's score is what it is: a sum that ends at the score.
struct ScoreSection {
    let message: Tacho_V1_TripScore
    let row: TripRow

    /// The section below its heading.
    var html: HTML {
        guard message.hasScore else {
            let reason = Words.unscorable(message.hasUnscorable ? message.unscorable : "noPoints")
            return "<p>This trip has no score: \(reason).</p>"
        }
        return """
            <table>
            <caption>From 100 down to the score</caption>
            <tbody>
            <tr><th scope="row">Begins at</th><td class="number">100</td></tr>
            \(HTML.each(message.breakdown) { Self.line($0) })
            </tbody>
            <tfoot><tr><th scope="row">Score</th><td class="number">\(message.score)</td></tr></tfoot>
            </table>
            <p>Higher is better. \(allowance)</p>
            """
    }

    private static func line(_ item: Tacho_V1_BreakdownItem) -> HTML {
        let cause = Words.kind(item.cause)
        let name = item.hasCount ? Words.count(Int64(item.count), cause) : "The \(cause)"
        return """
            <tr><th scope="row">\(name)</th><td class="number">−\(item.points)</td></tr>
            """
    }

    private var allowance: HTML {
        """
        A short trip says little of a driver, so none begins quite at 100: the allowance for short \
        distance takes 6 points after 5 km, 2 after 50 km, and fades from there. An event costs \
        the less, the longer the trip; a severe one weighs twice a moderate one, and a corner half \
        a brake.\(row.status == .driving ? " The trip is under way, and the score may change." : "")
        """
    }
}
