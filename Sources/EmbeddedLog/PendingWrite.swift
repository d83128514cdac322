import EventLog
import SQLite

/// A call that waits for its turn in a transaction of the writer.
struct PendingWrite: Sendable {
    /// Answers the caller once the transaction is committed.
    typealias Settle = @Sendable () -> Void

    /// Records that the call appends.
    let records: Int
    /// Bytes of them.
    let bytes: Int
    /// Does the call's part within the transaction. A call that is refused has written nothing
    /// and is settled as refused, by itself; an error that is thrown fails the whole transaction.
    let apply: @Sendable (WriteTransaction) throws -> Settle
    /// Answers the caller when the transaction has failed, or was never begun.
    let fail: @Sendable (LogError) -> Void

    /// A call whose body returns a value or throws: `LogError` before it has written anything,
    /// or `SQLiteError`.
    init<T: Sendable>(
        records: Int = 0, bytes: Int = 0,
        body: @escaping @Sendable (WriteTransaction) throws -> T,
        resume: @escaping @Sendable (Result<T, LogError>) -> Void
    ) {
        self.records = records
        self.bytes = bytes
        self.apply = { transaction in
            do {
                let value = try body(transaction)
                return { resume(.success(value)) }
            } catch let refusal as LogError {
                return { resume(.failure(refusal)) }
            }
        }
        self.fail = { resume(.failure($0)) }
    }
}
