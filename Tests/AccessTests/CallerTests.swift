import Access
import Testing

@Test func `roles are written as tokens name them`() {
    #expect(Role.allCases.map(\.rawValue) == ["driver", "service", "operator"])
}
