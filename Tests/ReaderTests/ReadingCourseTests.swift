import EventLog
import Projection
import Testing
import Topics
import Trips

@testable import Reader

@Suite struct ReadingCourseTests {
    private let source = TopicPartition(Topics.tripScores(.first).name, 0)

    private func record(_ offset: Int64) -> Record {
        Record(
            position: Position(source, offset: offset), timestampMilliseconds: 0, key: [],
            value: nil, headers: [])
    }

    @Test func `what was there at the beginning is reached by records or by a read of nothing`() {
        var course = ReadingCourse()
        course.add(source, next: 3, end: 9)
        #expect(course.lag == 6 && course.unreached == [source: 3])
        course.passed([record(6)])
        #expect(!course.hasReached(source) && course.lag == 2)
        // The last two are marks of transactions.
        course.reachedEnd(of: [source])
        #expect(course.hasReached(source) && course.lag == 0 && course.unreached.isEmpty)
        course.passed([record(12)])
        #expect(course.hasReached(source))
    }

    @Test func `progress is not believed before what it may have outlived is read`() async throws {
        try await Installation.run { installation in
            // What compaction leaves of two scores: the progress behind the first, then the second.
            let first = try await installation.upload(
                "t1", .init(user: user("ann"), content: .start))
            try await installation.score(message("t1"), after: first)
            let uploads = first.topicPartition
            let scores = TopicPartition(Topics.tripScores(.first).name, uploads.partition)
            try await until("it is read") { installation.projection.positions[scores] == 2 }
            var course = ReadingCourse()
            course.add(scores, next: 2, end: 3)
            #expect(Projector.visible(installation.projection, course) == [:])
            course.reachedEnd(of: [scores])
            #expect(Projector.visible(installation.projection, course) == [uploads.partition: 1])
        }
    }
}
