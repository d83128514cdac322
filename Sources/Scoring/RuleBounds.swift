extension RuleSet {
    /// The values that the parameters of a rule set may have.
    public enum Bounds {
        /// Characters of a name, at most.
        public static let nameLength = 64
        /// Numbers of versions.
        public static let version = 1...1_000_000
        /// Limits of manoeuvres, mm/s²; a severe one is not below its moderate one.
        public static let threshold: ClosedRange<Int32> = 500...20_000
        /// What an event weighs, in halves.
        public static let weight = 0...100
        /// ``RuleSet/releasePercent``.
        public static let releasePercent: ClosedRange<Int32> = 50...100
        /// ``RuleSet/minimumSpeedMetersPerHour``.
        public static let minimumSpeed: ClosedRange<Int32> = 0...100_000
        /// ``Limits/minimumDistanceMeters``.
        public static let distance = 0...100_000
        /// ``Limits/minimumDurationMilliseconds``.
        public static let duration: ClosedRange<Int64> = 0...86_400_000
        /// ``Limits/minimumCoveragePercent``.
        public static let coverage = 0...100
        /// ``Limits/maximumGapMilliseconds``; a longer one would make the look-ahead longer than
        /// the kernel's.
        public static let gap: ClosedRange<Int64> = 1_000...10_000
        /// ``Limits/maximumAccuracyCentimeters``.
        public static let accuracy: ClosedRange<Int32> = 100...100_000

        /// Whether a rule set may be called so: a letter a-z, then letters, digits and `-`.
        public static func isName(_ text: String) -> Bool {
            guard text.utf8.count <= nameLength, let first = text.utf8.first,
                isLetter(first)
            else { return false }
            return text.utf8.allSatisfy { byte in
                isLetter(byte) || byte == UInt8(ascii: "-")
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
        }

        private static func isLetter(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        }
    }

    /// Whether every parameter has a value that it may have, and those that this method does not
    /// look at have the one value that stands for nothing: so, rule sets that score alike are equal.
    ///
    /// Not looked at are the weights of severities and corners that are never found, and, where
    /// events are ``Method/secondPairs``, corners, ``releasePercent`` (100) and
    /// ``minimumSpeedMetersPerHour`` (0).
    public var isValid: Bool {
        let thresholds = [brake, acceleration] + (corner.map { [$0] } ?? [])
        return Bounds.isName(name) && Bounds.version.contains(version)
            && thresholds.allSatisfy(\.isValid)
            && weights.all.allSatisfy(Bounds.weight.contains)
            && weights == weights.counting(self)
            && (method == .manoeuvres
                ? Bounds.releasePercent.contains(releasePercent)
                    && Bounds.minimumSpeed.contains(minimumSpeedMetersPerHour)
                : corner == nil && releasePercent == 100 && minimumSpeedMetersPerHour == 0)
            && limits.isValid
    }

    /// Whether it has the name of a shipped rule set and is another one.
    public var takesShippedName: Bool {
        RuleSet.named(name).map { $0 != self } ?? false
    }
}

extension RuleSet.Threshold {
    fileprivate var isValid: Bool {
        RuleSet.Bounds.threshold.contains(moderate)
            && severe.map { RuleSet.Bounds.threshold.contains($0) && $0 >= moderate } ?? true
    }
}

extension Limits {
    fileprivate var isValid: Bool {
        RuleSet.Bounds.distance.contains(minimumDistanceMeters)
            && RuleSet.Bounds.duration.contains(minimumDurationMilliseconds)
            && RuleSet.Bounds.coverage.contains(minimumCoveragePercent)
            && RuleSet.Bounds.gap.contains(maximumGapMilliseconds)
            && RuleSet.Bounds.accuracy.contains(maximumAccuracyCentimeters)
    }
}

extension Weights {
    /// These weights, and the usual ones for events that the rules never find.
    public func counting(_ rules: RuleSet) -> Weights {
        var weights = self
        let usual = Weights()
        if rules.brake.severe == nil { weights.brake.severe = usual.brake.severe }
        if rules.acceleration.severe == nil {
            weights.acceleration.severe = usual.acceleration.severe
        }
        guard let corner = rules.corner else {
            weights.corner = usual.corner
            return weights
        }
        if corner.severe == nil { weights.corner.severe = usual.corner.severe }
        return weights
    }
}
