// swift-tools-version:6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")

let package = Package(
    name: "tacho",
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", from: "2.1.0"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-protobuf.git", from: "1.39.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.14.0"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.9.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: [
        // Meaning.
        .target(name: "Trips"),
        .target(name: "EventLog"),
        .target(name: "Topics", dependencies: ["EventLog", "Trips", protobuf]),
        .testTarget(name: "TripsTests", dependencies: ["Trips"]),
        .testTarget(
            name: "TopicsTests", dependencies: ["EventLog", "Topics", "Trips"],
            resources: [.copy("Golden")]),
        // Decisions.
        .target(name: "Scoring", dependencies: ["Trips"]),
        // Adapters.
        .systemLibrary(name: "CSQLite"),
        .target(name: "SQLite", dependencies: ["CSQLite"]),
        .target(name: "EmbeddedLog", dependencies: ["CSQLite", "EventLog", "SQLite"]),
        // Runtime.
        .target(
            name: "Pipeline",
            dependencies: ["EventLog", "Scoring", "SQLite", "Topics", "Trips", logging, metrics]),
        .testTarget(
            name: "PipelineTests",
            dependencies: ["EmbeddedLog", "EventLog", "Pipeline", "Scoring", "Topics", "Trips"]),
        // Program.
    ]
)
for target in package.targets where target.type != .system {
    target.swiftSettings = (target.swiftSettings ?? []) + strict
}
