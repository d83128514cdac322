/// What somebody may be to Tacho.
public enum Role: String, CaseIterable, Sendable {
    /// Drives: reads and writes trips of their own.
    case driver
    /// A program that writes and reads for many drivers.
    case service
    /// Runs the installation.
    case `operator`
}
