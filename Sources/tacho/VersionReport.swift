import ReleasePlans
import Topics

/// A version that was released, as `--json` prints it.
struct VersionReport: Encodable {
    var version: Int
    /// `candidate`, `live`, `standby` or `retired`.
    var state: String
    var rules: String
    var rulesHash: String
    /// Nothing where it was put in none.
    var slot: String?

    init(_ version: ReleasedVersion) {
        self.version = version.version.number
        state = version.state.rawValue
        rules = version.staged.release.rulesName
        rulesHash = version.staged.release.rulesHash
        slot = version.slot.isEmpty ? nil : version.slot
    }
}
