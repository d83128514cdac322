/// What pages do beyond reading a projection, as the program gives it.
public struct SiteActions: Sendable {
    /// What an operator wants to know, now.
    public var operations: @Sendable () async throws -> OperationsReport

    /// What pages do.
    public init(operations: @escaping @Sendable () async throws -> OperationsReport) {
        self.operations = operations
    }
}
