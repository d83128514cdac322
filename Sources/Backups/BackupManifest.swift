internal import EmbeddedLog
internal import EventLog

/// What a backup holds, as its `manifest.json` says; written last.
public struct BackupManifest: Codable, Equatable, Sendable {
    /// A file of the backup.
    public struct File: Codable, Equatable, Sendable {
        /// What it is called, as in the data directory.
        public var name: String
        /// Its length.
        public var bytes: Int64
        /// As 64 hexadecimal digits.
        public var sha256: String
    }

    /// A topic of the log.
    public struct Topic: Codable, Equatable, Sendable {
        /// What it is called.
        public var name: String
        /// Its partitions, by number.
        public var partitions: [Partition]
    }

    /// What a partition holds.
    public struct Partition: Codable, Equatable, Sendable {
        /// The first offset kept.
        public var start: Int64
        /// The offset that the next record gets.
        public var end: Int64
        /// Records there are.
        public var records: Int64
    }

    /// The format of the manifest, and of what lies beside it.
    public var format: Int
    /// The program that made it.
    public var build: String
    /// The layout of the data directory.
    public var layout: Int
    /// The format of the log's file.
    public var logFormat: Int
    /// When it was begun, as RFC 3339; all of it is of a moment soon after.
    public var created: String
    /// Every file beside the manifest, by name.
    public var files: [File]
    /// Every topic of the log, by name.
    public var topics: [Topic]

    /// The newest format that this build reads, and the one that it writes.
    public static let newestFormat = 1
    /// What the manifest's own file is called.
    public static let fileName = "manifest.json"

    /// Records of all topics.
    public var records: Int64 {
        topics.reduce(0) { $0 + $1.partitions.reduce(0) { $0 + $1.records } }
    }

    /// Bytes of all files.
    public var bytes: Int64 { files.reduce(0) { $0 + $1.bytes } }
}

extension BackupManifest.Topic {
    init(_ topic: EmbeddedLog.Contents.Topic) {
        name = topic.specification.name.rawValue
        partitions = topic.partitions.map {
            .init(start: $0.offsets.lowerBound, end: $0.offsets.upperBound, records: $0.records)
        }
    }
}
