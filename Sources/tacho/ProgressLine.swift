import Operations

/// Tells on standard error how far long work is and about how long it still takes; says nothing of
/// short work.
struct ProgressLine {
    private var work = ""
    private var began = ContinuousClock.now
    private var told = ContinuousClock.now

    /// How long work goes on before something is said of it, and then between two lines.
    private static let interval = Duration.seconds(2)

    mutating func tell(_ progress: ScanProgress) {
        let work =
            switch progress.stage {
            case .letters: "reading dead letters"
            case .copies: "reading uploads behind them"
            }
        tell(work, done: progress.done, total: progress.total)
    }

    /// Tells of work of which nobody knows how much there is.
    mutating func tell(_ work: String) {
        guard ContinuousClock.now - told >= Self.interval else { return }
        told = .now
        Terminal.error(work)
    }

    mutating func tell(_ work: String, done: Int64, total: Int64) {
        let now = ContinuousClock.now
        if work != self.work {
            self.work = work
            began = now
            told = now
        }
        guard now - told >= Self.interval, done > 0, done < total else { return }
        told = now
        let share = Double(done) / Double(total)
        let left = (now - began) / .seconds(1) * (1 - share) / share
        Terminal.error(
            "\(work): \(done) of \(total), about \(Moment.age(seconds: left)) left")
    }
}
