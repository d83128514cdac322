/// The suite that both engines pass, method by method.
public enum LogConformance {
    /// Every check; each wants a fresh ``LogUnderTest``.
    public static let checks: [LogCheck] =
        topicChecks + appendChecks + readChecks + offsetChecks + groupChecks + fencingChecks
}
