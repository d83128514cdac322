import Foundation
import Glibc
import ReleasePlans

/// Shows on standard error how far a version is: a bar on a terminal, else a line every 2 s.
struct ProgressBar {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var told: ContinuousClock.Instant?
    private var isDrawn = false

    private static let interval = Duration.seconds(2)
    private static let width = 24

    mutating func show(_ advance: AwaitGate.Advance, holding seconds: Double) {
        let now = ContinuousClock.now
        guard isTerminal || told.map({ now - $0 >= Self.interval }) ?? true else { return }
        told = now
        let text = Self.text(advance, holding: seconds)
        guard isTerminal else {
            Terminal.error(text)
            return
        }
        let done = advance.total == 0 ? 1 : 1 - Double(advance.left) / Double(advance.total)
        let filled = Int((done * Double(Self.width)).rounded(.down))
        let bar =
            String(repeating: "█", count: filled)
            + String(repeating: "░", count: Self.width - filled)
        Self.write("\r\(bar) \(Int(done * 100)) %  \(text)\u{1b}[K")
        isDrawn = true
    }

    /// Leaves the line for what comes after.
    mutating func end() {
        if isDrawn { Self.write("\r\u{1b}[K") }
        isDrawn = false
    }

    /// Records and seconds of lag, the rate and how long it will take.
    static func text(_ advance: AwaitGate.Advance, holding seconds: Double) -> String {
        var words: [String]
        if let held = advance.heldSeconds {
            words = [
                String(
                    format: "caught up, lag %.1f s, for %.0f of %.0f s", advance.lagSeconds, held,
                    seconds)
            ]
        } else {
            words = [
                "\(advance.total - advance.left) of \(advance.total) uploads",
                "\(advance.left) left", String(format: "lag %.1f s", advance.lagSeconds),
            ]
            if let rate = advance.rate { words.append(String(format: "%.0f uploads/s", rate)) }
            if let left = advance.secondsLeft {
                words.append("about \(Moment.age(seconds: left.rounded(.up))) left")
            }
        }
        if let remark = advance.remark { words.append(remark) }
        return words.joined(separator: ", ")
    }

    private static func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
