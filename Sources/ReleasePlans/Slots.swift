/// Which deployment is which: production is where the live version is.
public struct Slots: Equatable, Sendable {
    /// The deployments that there are.
    public static let colors = ["blue", "green"]

    /// The live version's; nil where it was put in none.
    public let production: String?
    /// The one that a candidate goes to.
    public let staging: String
    /// Versions that are kept, by slot; those in none under an empty text.
    public let versions: [String: [ReleasedVersion]]

    /// As the history has it.
    public init(_ history: ReleaseHistory) {
        let slot = history.current?.slot ?? ""
        production = slot.isEmpty ? nil : slot
        staging = slot == "blue" ? "green" : "blue"
        versions = Dictionary(grouping: history.kept, by: \.slot)
    }
}
