import EventLog

/// A fact that does not hold.
public struct CheckFailure: Error, CustomStringConvertible {
    /// What was found instead, and where it was looked for.
    public let description: String
}

func expect(
    _ condition: Bool, _ found: @autoclosure () -> String, file: String = #fileID,
    line: Int = #line
) throws {
    guard !condition else { return }
    throw CheckFailure(description: "\(file):\(line): \(found())")
}

func expectEqual<T: Equatable>(
    _ found: T, _ wanted: T, file: String = #fileID, line: Int = #line
) throws {
    try expect(found == wanted, "found \(found), wanted \(wanted)", file: file, line: line)
}

func expectError<T>(
    _ wanted: LogError, file: String = #fileID, line: Int = #line,
    _ body: () async throws -> T
) async throws {
    do {
        let value = try await body()
        throw CheckFailure(description: "\(file):\(line): found \(value), wanted \(wanted)")
    } catch let error as LogError {
        try expectEqual(error, wanted, file: file, line: line)
    }
}
