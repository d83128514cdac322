/// What a comparison may find at most; nil where nothing is asked.
public struct DiffGates: Equatable, Sendable {
    /// Of the trips compared, those that differ, in per cent.
    public var changedPercent: Double?
    /// Trips that the candidate lacks.
    public var missing: Int?
    /// Trips that only the candidate has.
    public var extra: Int?
    /// Trips that were left moving.
    public var moving: Int?

    /// Gates, each where it is named.
    public init(
        changedPercent: Double? = nil, missing: Int? = nil, extra: Int? = nil, moving: Int? = nil
    ) {
        self.changedPercent = changedPercent
        self.missing = missing
        self.extra = extra
        self.moving = moving
    }

    /// Why they do not hold, a gate each; none where they do.
    ///
    /// A share of nothing holds only where there is nothing: trips that all move were not looked at.
    public func failures(of diff: VersionDiff) -> [String] {
        var failures: [String] = []
        if let changedPercent {
            if let found = diff.changedPercent {
                // Compared as they are, not as they are told.
                if Double(diff.differing) * 100 > changedPercent * Double(diff.compared) {
                    failures.append(
                        "\(Self.text(found)) % of the trips compared differ, allowed are "
                            + "\(Self.text(changedPercent)) %")
                }
            } else if diff.moving > 0 {
                failures.append("no trip could be compared, \(diff.moving) were moving")
            }
        }
        for (found, most, what) in [
            (diff.missing, missing, "missing"), (diff.extra, extra, "extra"),
            (diff.moving, moving, "left moving"),
        ] {
            if let most, found > most {
                failures.append("\(found) trips are \(what), allowed are \(most)")
            }
        }
        return failures
    }

    /// A number with at most two decimals; what is not nothing is not told as nothing.
    public static func text(_ percent: Double) -> String {
        let hundredths = max(percent > 0 ? 1 : 0, Int((percent * 100).rounded()))
        let rest = hundredths % 100
        if rest == 0 { return "\(hundredths / 100)" }
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
