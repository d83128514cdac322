/// The kernel that turns the points of a trip into speeds, events and a score.
///
/// Pure: no clock, no randomness, no Foundation and nothing of `libm` but the square root, which
/// IEEE 754 defines to the bit. The same points give the same result on every machine.
public enum Scoring {
    /// The revision of the results: raised whenever any result may change.
    ///
    /// It enters every ``RuleSet/hash``, so that results of two revisions are never taken for one.
    public static let revision = 1
}
