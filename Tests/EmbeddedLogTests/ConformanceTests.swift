import EmbeddedLog
import EventLog
import LogConformance
import Testing

@Test(.timeLimit(.minutes(2)), arguments: LogConformance.checks)
func `the embedded log conforms`(check: LogCheck) async throws {
    let scratch = try Scratch()
    let clock = HandClock()
    let open: @Sendable () throws -> EmbeddedLog = {
        try EmbeddedLog(path: scratch.path, now: { clock.now })
    }
    let log = try open()
    let under = LogUnderTest(
        log: log, openAgain: open, setTime: clock.set, allowsSeveralMembers: false,
        recordLimit: EmbeddedLog.Options().recordBytes)
    try await check.run(under)
    await log.close()
}
