import EventLog
import ReleasePlans
import Testing
import Topics

@testable import Site

@Suite struct OperatorTests {
    private func history() -> ReleaseHistory {
        var history = ReleaseHistory()
        for (offset, step) in [
            Tacho_V1_ReleaseStep.promoted, .staged, .checked, .promoted, .staged,
        ].enumerated() {
            var release = Tacho_V1_Release()
            release.version = offset == 0 ? 1 : 2
            release.step = step
            release.follows = Int64(min(offset, 4)) - 1
            release.by = "<ann>"
            release.why = "because"
            release.rulesName = "strict"
            if step == .checked {
                release.gate.name = "diff"
                release.gate.figure = "40 trips compared"
                release.gate.passed = true
            }
            history.take(
                Record(
                    position: Position(
                        TopicPartition(Topics.releases.name, 0), offset: Int64(offset)),
                    timestampMilliseconds: 1_767_225_600_000, key: Array("release".utf8),
                    value: Topics.releases.encode(release), headers: []))
        }
        return history
    }

    @Test func `the operator sees versions, lag, letters and releases, the newest first`() throws {
        let report = OperationsReport(
            history: history(),
            groups: (
                [
                    .init(
                        name: "scorer.v2", state: "WARN", members: 1, lagRecords: 17,
                        lagSeconds: 1.25)
                ], 1_767_225_600_000
            ),
            letters: [
                .init(
                    version: 2, reason: "foreignTrip", count: 3,
                    latestMilliseconds: 1_767_225_600_000, latestTrip: "t1",
                    latestExplanation: "the trip is <another's>")
            ], hasMoreLetters: true, diff: nil)
        let view = OperatorView(report, Preferences())
        #expect(view.versions.map(\.number) == ["2", "1"])
        #expect(view.versions.map(\.isLive) == [true, false])
        #expect(view.groups.map(\.seconds) == ["1.3 s"])
        #expect(view.letterTotal == "3 so far; more are being read")
        #expect(
            view.steps.map(\.step) == [
                "staged", "promoted", "gate diff passed", "staged", "promoted",
            ])
        #expect(view.steps[0].why.hasPrefix("does not count"))
        #expect(view.steps[2].why == "40 trips compared")
        let page = Templates.render(
            .operations, Frame("Operations", Preferences(), SiteOptions()), view)
        #expect(page.contains("&lt;ann&gt;") && !page.contains("<another"))
        #expect(page.contains("tacho release diff"))
        #expect(try Markup(page).isWhole)
    }

    @Test func `a comparison is served without a style of its own`() throws {
        let page = try #require(DiffPage.served("<head><style>\na { }\n</style></head>"))
        #expect(page == "<head><link rel=\"stylesheet\" href=\"\(Assets.base)/diff.css\"></head>")
        #expect(DiffPage.served("no page") == nil)
        #expect(!DiffPage.styleBytes.isEmpty)
    }
}
