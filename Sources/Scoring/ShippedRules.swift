extension RuleSet {
    /// The rules a new installation scores by, named `default`.
    public static let standard = RuleSet(
        name: "default", version: 1,
        brake: Threshold(moderate: 3_000, severe: 4_000),
        acceleration: Threshold(moderate: 2_500, severe: 3_500),
        corner: Threshold(moderate: 3_000, severe: 4_000)
    )

    /// DriveQuant's published figures, for fleets that want to hear of more.
    public static let strict = RuleSet(
        name: "strict", version: 1,
        brake: Threshold(moderate: 1_800, severe: 2_400),
        acceleration: Threshold(moderate: 2_000, severe: 2_500),
        corner: Threshold(moderate: 2_000, severe: 2_300)
    )

    /// MyDriving's rule as it was deployed: both limits 6 m/s², no corners, no severity, no
    /// plausibility checks.
    public static let mydriving = RuleSet(
        name: "mydriving", version: 1, method: .secondPairs,
        brake: Threshold(moderate: 6_000, severe: nil),
        acceleration: Threshold(moderate: 6_000, severe: nil),
        corner: nil, releasePercent: 100, minimumSpeedMetersPerHour: 0
    )

    /// Every rule set that ships, the one to begin with first.
    public static let shipped = [standard, strict, mydriving]

    /// The shipped rule set of this name, if there is one.
    public static func named(_ name: String) -> RuleSet? {
        shipped.first { $0.name == name }
    }
}
