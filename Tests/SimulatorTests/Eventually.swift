/// Waits for something that will be so soon; throws where it is not within 30 s.
func eventually(_ holds: () -> Bool) async throws {
    struct NeverHeld: Error {}
    let deadline = ContinuousClock.now + .seconds(30)
    while !holds() {
        guard ContinuousClock.now < deadline else { throw NeverHeld() }
        try await Task.sleep(for: .milliseconds(1))
    }
}
