import ArgumentParser
import EmbeddedLog
import EventLog
import Foundation
import KafkaLog
import ReleasePlans
import Releases
import Topics

/// Which log a command works on. Every command that looks at a log takes it from here, so this is
/// the one place to say where else a log can be.
struct LogOptions: ParsableArguments {
    @OptionGroup var data: DataOptions
    @OptionGroup var kafka: KafkaOptions

    /// Opens the log for the body, and closes it after.
    ///
    /// - Throws: ``Refused`` where there is none, or where the log fails.
    func withLog<Result>(_ body: (OpenedLog) async throws -> Result) async throws -> Result {
        let opened = try await open()
        let result: Result
        do {
            result = try await body(opened)
        } catch let error as LogError {
            await opened.log.close()
            throw Refused("cannot read the log in \(opened.place): \(error)")
        } catch {
            await opened.log.close()
            throw error
        }
        await opened.log.close()
        return result
    }

    private func open() async throws -> OpenedLog {
        if let options = try kafka.options() {
            return OpenedLog(
                log: try OpenLog.kafka(options), place: "the cluster at \(options.brokers)",
                directory: data.directory, installation: nil)
        }
        let installation = try Installation(data.directory, makes: false)
        return OpenedLog(
            log: try installation.openLog(), place: installation.directory.path,
            directory: data.directory, installation: installation)
    }
}

/// A log that a command works on.
struct OpenedLog {
    let log: any EventLog
    /// Where it is, in words.
    let place: String
    /// The data directory that was named, where the installation's key may be.
    let directory: String
    /// The data directory that it is in; nil for a log elsewhere.
    let installation: Installation?
}

extension OpenedLog {
    /// What was released here, and the version that serves.
    ///
    /// - Throws: ``Refused`` where nothing was ever released.
    func released() async throws -> (history: ReleaseHistory, live: ReleasedVersion) {
        let history = try await ReleaseLog(log).history()
        guard let live = history.current else { throw Refused("nothing was ever run on \(place)") }
        return (history, live)
    }
}
