/// Classes of speed that a track is coloured by, with round bounds in the viewer's unit.
struct SpeedClasses {
    /// Upper bounds of the classes but the last, in metres per hour.
    let bounds: [Int64]
    /// What the classes are called.
    let names: [String]
    /// The class of what is not known: one after the last.
    var gap: Int { names.count }

    /// Classes for a viewer.
    init(_ units: Units) {
        let steps: [Int] = units == .metric ? [10, 30, 50, 80] : [5, 20, 30, 50]
        let name = units.speedName
        bounds = steps.map { Int64((Double($0) * units.metersPerHour).rounded()) }
        names =
            ["below \(steps[0]) \(name)"]
            + zip(steps, steps.dropFirst()).map { "\($0)–\($1) \(name)" }
            + ["\(steps[steps.count - 1]) \(name) and more"]
    }

    /// What a class is called, that of what is not known among them.
    func name(of line: Int) -> String {
        line < names.count ? names[line] : "not known: no reading for 30 s or more"
    }

    /// The style of a class's lines.
    func style(of line: Int) -> String { line < names.count ? "way s\(line)" : "gap" }

    /// The class of a speed in metres per hour.
    func line(of speed: Int64) -> Int { bounds.firstIndex { speed < $0 } ?? bounds.count }
}
