/// One thing that every engine must do.
public struct LogCheck: Sendable, CustomStringConvertible {
    /// The fact that it checks.
    public let fact: String
    /// Throws ``CheckFailure`` where the fact does not hold.
    public let run: @Sendable (LogUnderTest) async throws -> Void

    init(_ fact: String, _ run: @escaping @Sendable (LogUnderTest) async throws -> Void) {
        self.fact = fact
        self.run = run
    }

    /// The fact.
    public var description: String { fact }
}
