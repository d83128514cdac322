public import EventLog
internal import SwiftProtobuf
public import Trips

/// Every topic there is.
public enum Topics {
    /// Partitions of a topic of trips, unless said otherwise when it is made.
    public static let defaultPartitions = 64

    /// What phones said of trips; key: trip.
    public static let tripUploads = Topic<Upload>(
        name: name("trip-uploads"), encode: UploadCodec.encode, decode: UploadCodec.decode)

    /// Positions as phones sent them, before they are cut into trips; key: ``UserDevice/key``.
    public static let devicePoints = Topic<Upload>(
        name: name("device-points"), encode: UploadCodec.encode, decode: UploadCodec.decode)

    /// What the cutter knows of each phone; key: ``UserDevice/key``.
    public static let deviceTrips = Topic<DeviceTrips>(
        name: name("device-trips"), encode: DeviceTripsCodec.encode,
        decode: DeviceTripsCodec.decode)

    /// The consumer group of the cutters: one for all versions, as trips are cut once.
    public static let cutterGroup = "cutter"

    /// What users want and say of themselves; one partition; key: profile.
    public static let users = Topic<UserChange>(
        name: name("users"), encode: UserCodec.encode, decode: UserCodec.decode)

    /// What was released; one partition; key: `release`.
    public static let releases = message("releases", Tacho_V1_Release.self)

    /// What readers say of themselves; one partition; key: the reader's instance.
    public static let readers = message("readers", Tacho_V1_ReaderState.self)

    /// A version's scores with their events; key: trip.
    public static func tripScores(_ version: Version) -> Topic<Tacho_V1_TripScore> {
        message("trip-scores.\(version)", Tacho_V1_TripScore.self)
    }

    /// The progress records among a version's scores; key: ``progressKey``.
    public static func progress(_ version: Version) -> Topic<Tacho_V1_Progress> {
        message("trip-scores.\(version)", Tacho_V1_Progress.self)
    }

    /// A version's events one by one; key: event.
    public static func pointsOfInterest(_ version: Version) -> Topic<Tacho_V1_PointOfInterest> {
        message("pois.\(version)", Tacho_V1_PointOfInterest.self)
    }

    /// What a version could not use: original keys, values and headers, with ``DeadLetterHeader``s.
    public static func deadLetters(_ version: Version) -> TopicName {
        name("dead-letters.\(version)")
    }

    /// The key of progress records: no trip can have it.
    public static let progressKey = "\u{0}progress"

    /// What the unversioned topics are to be.
    public static func sources(partitions: Int) -> [TopicSpecification] {
        [
            TopicSpecification(name: tripUploads.name, partitions: partitions),
            TopicSpecification(name: devicePoints.name, partitions: partitions),
            TopicSpecification(name: deviceTrips.name, partitions: partitions, isCompacted: true),
            TopicSpecification(name: users.name, partitions: 1),
            TopicSpecification(name: releases.name, partitions: 1),
            TopicSpecification(name: readers.name, partitions: 1, isCompacted: true),
        ]
    }

    /// What a version's own topics are to be.
    public static func derived(_ version: Version, partitions: Int) -> [TopicSpecification] {
        [
            TopicSpecification(
                name: tripScores(version).name, partitions: partitions, isCompacted: true),
            TopicSpecification(
                name: pointsOfInterest(version).name, partitions: partitions, isCompacted: true),
            TopicSpecification(name: deadLetters(version), partitions: partitions),
        ]
    }

    /// A name that is written here and therefore good.
    private static func name(_ text: String) -> TopicName {
        guard let name = TopicName(text) else { preconditionFailure("bad topic name \(text)") }
        return name
    }

    private static func message<Value: SwiftProtobuf.Message>(
        _ topic: String, _: Value.Type
    ) -> Topic<Value> {
        Topic(
            name: name(topic),
            encode: { value in
                do {
                    var options = BinaryEncodingOptions()
                    options.useDeterministicOrdering = true
                    return try value.serializedBytes(options: options)
                } catch {
                    preconditionFailure("a message without required fields encodes: \(error)")
                }
            },
            decode: { bytes throws(Undecodable) in
                do {
                    return try Value(serializedBytes: bytes)
                } catch {
                    throw Undecodable("not a \(Value.protoMessageName): \(error)")
                }
            })
    }
}

extension Record {
    /// Whether it is a progress record, and no trip's.
    public var isProgress: Bool { key == progressKey }
}

private let progressKey = Array(Topics.progressKey.utf8)

/// The names of headers that Tacho writes.
public enum TachoHeader {
    /// On a score: the offset of the trip's first upload, in decimal.
    public static let firstUpload = "tacho-first-upload"
    /// On a score: the offset of the trip's last upload, in decimal.
    public static let lastUpload = "tacho-last-upload"
    /// On a score: when the log took the trip's last upload, in epoch milliseconds.
    public static let lastUploadTime = "tacho-last-upload-time"
    /// On a score: the trip's owner, so that an index need not read values.
    public static let owner = "tacho-owner"
    /// On a score: `driving`, `complete` or `deleted`; `straddling` where it was taken over and the
    /// trip is to be scored whole once its next upload comes.
    public static let state = "tacho-state"
    /// On a score that was taken over: the number of the version that it was copied from.
    public static let base = "tacho-base"
    /// On a redriven upload: the position of the upload that became a dead letter first. Kept
    /// where the copy becomes a dead letter too.
    public static let redriveOf = "tacho-redrive-of"
    /// On a redriven upload: the position of the dead letter that it was copied from.
    public static let redriveDeadLetter = "tacho-redrive-dead-letter"
    /// On a dead letter that is too large to hold its record: bytes of the record's key, value and
    /// headers, in decimal. The record is at its origin alone.
    public static let leftOut = "tacho-left-out"
}

/// The names of headers on a dead letter, as KIP-1034 has them.
public enum DeadLetterHeader {
    /// The reason, one word.
    public static let exception = "__streams.errors.exception"
    /// The reason, in words.
    public static let message = "__streams.errors.message"
    /// The topic that the record came from.
    public static let topic = "__streams.errors.topic"
    /// The partition that it came from, in decimal.
    public static let partition = "__streams.errors.partition"
    /// Its offset there, in decimal.
    public static let offset = "__streams.errors.offset"
    /// All of them; a dead letter has each once, behind the headers that its record came with.
    public static let all = [exception, message, topic, partition, offset]
}
