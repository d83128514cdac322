public import EventLog
internal import Logging
internal import Topics

/// The stream worker that makes trips of what phones send: reads `device-points`, and commits the
/// uploads that come of them together with what is known of each phone and how far it has read.
///
/// So it happens once, whatever dies: no position is in two trips, and none is left out. Several
/// cutters share the partitions where the engine lets a group have several members.
public struct Cutter: Sendable {
    private let log: any EventLog
    private let settings: CutterSettings
    private let logger = Logger(label: "tacho.cutter")

    /// A cutter that does nothing until ``run()``.
    public init(log: any EventLog, settings: CutterSettings) {
        self.log = log
        self.settings = settings
    }

    /// Cuts until the task is cancelled, then leaves the group.
    ///
    /// What may pass (a full disk, a broker away) is waited out.
    ///
    /// - Throws: ``LogError/fenced(group:)`` and ``LogError/groupTaken(group:holder:)`` where
    ///   another cutter has the group; whatever else waiting does not mend.
    public func run() async throws {
        var retry = Retry(longest: settings.longestRetry)
        while !Task.isCancelled {
            do throws(LogError) {
                try await serve(&retry)
            } catch {
                guard error.mayPass else { throw error }
                await wait(after: error, &retry)
            }
        }
    }

    private func serve(_ retry: inout Retry) async throws(LogError) {
        let partitions = try await log.offsets(of: Topics.tripUploads.name).count
        let member = try await log.join(
            group: Topics.cutterGroup, topics: [Topics.devicePoints.name],
            member: settings.member)
        do throws(LogError) {
            var session = CutterSession(
                log: log, member: member, settings: settings, partitions: partitions,
                logger: logger)
            while !Task.isCancelled {
                do throws(LogError) {
                    try await session.step()
                    retry.succeeded()
                } catch {
                    session.failed()
                    guard error.mayPass else { throw error }
                    await wait(after: error, &retry)
                }
            }
        } catch {
            await member.leave()
            throw error
        }
        await member.leave()
    }

    private func wait(after error: LogError, _ retry: inout Retry) async {
        let delay = retry.failed()
        logger.warning("waiting before trying again", metadata: ["error": "\(error)"])
        // Who is stopped meanwhile sees it at the next look.
        try? await Task.sleep(for: delay)
    }
}

extension LogError {
    /// Whether the same may work later, in this process.
    fileprivate var mayPass: Bool {
        switch self {
        case .unavailable, .queueFull: true
        default: false
        }
    }
}
