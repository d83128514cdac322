public import Topics

/// Whether readers do as a release wants, by what each says of itself.
public enum ReadersGate: Equatable, Sendable {
    /// Every reader does; what it came to.
    case holds(String)
    /// Some do not: which, and what is wrong.
    case waits([String])

    /// Whether every reader that is there serves the version, and has read what there was of it
    /// when the reader began.
    ///
    /// - Parameter minimum: readers that there must be.
    public static func serving(
        _ version: Version, by readers: [Tacho_V1_ReaderState], minimum: Int = 1
    ) -> ReadersGate {
        judge(readers, minimum: minimum, figure: "serve version \(version.number)") { reader in
            guard let served = reader.versions.first(where: { $0.version == version.number }) else {
                return "does not serve version \(version.number)"
            }
            guard served.hasLag else { return "cannot serve version \(version.number) yet" }
            return served.lag == 0
                ? nil : "has \(served.lag) records of version \(version.number) to read"
        }
    }

    /// Whether every reader that is there answers from the version, and has acted on the record
    /// that made it live.
    public static func switched(
        to version: Version, by offset: Int64, _ readers: [Tacho_V1_ReaderState], minimum: Int = 1
    ) -> ReadersGate {
        judge(readers, minimum: minimum, figure: "answer from version \(version.number)") {
            reader in
            isSwitched(reader, to: version, by: offset)
                ? nil : "still answers from version \(reader.live)"
        }
    }

    /// Whether one reader answers from the version, and has acted on the record.
    public static func isSwitched(
        _ reader: Tacho_V1_ReaderState, to version: Version, by offset: Int64
    ) -> Bool {
        reader.live == version.number && reader.releasesOffset >= offset
    }

    /// Whether it holds.
    public var isPassed: Bool {
        if case .holds = self { true } else { false }
    }

    /// What it came to, in words.
    public var figure: String {
        switch self {
        case .holds(let figure): figure
        case .waits(let problems): problems.joined(separator: "; ")
        }
    }

    private static func judge(
        _ readers: [Tacho_V1_ReaderState], minimum: Int, figure: String,
        _ problem: (Tacho_V1_ReaderState) -> String?
    ) -> ReadersGate {
        guard readers.count >= minimum else {
            return .waits([
                readers.isEmpty
                    ? "no reader is there" : "\(readers.count) of \(minimum) readers are there"
            ])
        }
        let problems = readers.compactMap { reader in
            problem(reader).map { "reader \(reader.instance) \($0)" }
        }
        guard problems.isEmpty else { return .waits(problems) }
        return .holds("\(readers.count) of \(readers.count) readers \(figure)")
    }
}
