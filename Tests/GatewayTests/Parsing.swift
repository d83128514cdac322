import Foundation
import NIOCore
import SeededRandom
import Trips
import Web

@testable import Gateway

/// 2024-06-01T00:00:00Z: the clock of these tests.
let testNow: Int64 = 1_717_200_000_000

/// What a body of text says.
func read(
    _ text: String, as type: UploadMediaType = .json, limits: GatewayLimits = GatewayLimits()
) throws(Problem) -> UploadBody {
    try read(bytes: Array(text.utf8), as: type, limits: limits)
}

func read(
    bytes: [UInt8], as type: UploadMediaType = .json, limits: GatewayLimits = GatewayLimits()
) throws(Problem) -> UploadBody {
    try UploadBody.points(
        ByteBuffer(bytes: bytes), as: type, limits: limits,
        latest: testNow + PointLimits.aheadMilliseconds)
}

/// A body of one point with these members besides time and position.
func onePoint(_ members: String) -> String {
    #"{"points":[{"time":1714564800000,"latitude":1,"longitude":2,\#(members)}]}"#
}

extension SplitMix {
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

    mutating func pick<T>(_ choices: [T]) -> T {
        choices[Int.random(in: choices.indices, using: &self)]
    }
}
