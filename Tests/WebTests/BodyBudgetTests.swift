import Testing

@testable import Web

struct BodyBudgetTests {
    @Test func `what is given back is there again`() async {
        let budget = BodyBudget(bytes: 10)
        for _ in 0..<3 {
            let share = BodyShare(of: budget)
            #expect(await share.grow(to: 4, within: .zero))
            #expect(await share.grow(to: 10, within: .zero))
            #expect(share.bytes == 10)
            #expect(await !BodyShare(of: budget).grow(to: 1, within: .milliseconds(1)))
        }
        #expect(await !BodyShare(of: budget).grow(to: 11, within: .seconds(60)))
    }

    @Test func `a small body does not overtake a large one`() async {
        let budget = BodyBudget(bytes: 10)
        var first: BodyShare? = BodyShare(of: budget)
        #expect(await first?.grow(to: 6, within: .zero) == true)
        let large = Task { await BodyShare(of: budget).grow(to: 10, within: .seconds(60)) }
        // The large one waits from the moment when a small one no longer gets in at once.
        while await BodyShare(of: budget).grow(to: 1, within: .zero) { await Task.yield() }
        first = nil
        #expect(await large.value)
        #expect(await BodyShare(of: budget).grow(to: 10, within: .zero))
    }

    @Test func `whoever gives up makes room for those behind`() async {
        let budget = BodyBudget(bytes: 10)
        let first = BodyShare(of: budget)
        #expect(await first.grow(to: 6, within: .zero))
        let large = Task { await BodyShare(of: budget).grow(to: 10, within: .seconds(60)) }
        while await BodyShare(of: budget).grow(to: 1, within: .zero) { await Task.yield() }
        let small = Task { await BodyShare(of: budget).grow(to: 4, within: .seconds(60)) }
        large.cancel()
        #expect(await !large.value)
        #expect(await small.value)
        #expect(first.bytes == 6)
    }

    @Test func `nothing is lost and nothing made when many come and give up`() async {
        let budget = BodyBudget(bytes: 1_000)
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<200 {
                group.addTask {
                    for round in 0..<20 {
                        let share = BodyShare(of: budget)
                        let bytes = 1 + (index * 37 + round * 101) % 700
                        let wait = Duration.microseconds((index * 13 + round * 7) % 500)
                        if await share.grow(to: bytes, within: wait) { await Task.yield() }
                    }
                }
            }
        }
        #expect(await BodyShare(of: budget).grow(to: 1_000, within: .zero))
        #expect(await !BodyShare(of: budget).grow(to: 1_001, within: .zero))
    }
}
