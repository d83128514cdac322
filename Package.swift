// swift-tools-version:6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let jwtKit = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(
    name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let unixSignals = Target.Dependency.product(
    name: "UnixSignals", package: "swift-service-lifecycle")
let serviceLifecycle = Target.Dependency.product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "tacho",
    products: [.executable(name: "tacho", targets: ["tacho"])],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-protobuf.git", from: "1.39.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.14.0"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.9.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(
            url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.0"),
        .package(url: "https://github.com/vapor/jwt-kit.git", from: "5.7.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.0"),
        .package(
            url: "https://github.com/hummingbird-project/swift-mustache.git", from: "2.1.0"),
    ],
    targets: [
        // Meaning.
        .target(name: "Trips"),
        .target(name: "EventLog"),
        .target(name: "Topics", dependencies: ["EventLog", "Trips", protobuf]),
        // Decisions.
        .target(name: "Scoring", dependencies: ["Trips"]),
        .target(name: "TopicPlans", dependencies: ["EventLog", "Topics"]),
        .target(name: "ReleasePlans", dependencies: ["EventLog", "Topics"]),
        // Adapters.
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "SQLite", dependencies: ["CSQLite"]),
        .target(name: "Threads"),
        .target(name: "EmbeddedLog", dependencies: ["EventLog", "SQLite", "Threads"]),
        .systemLibrary(name: "CRdkafka", providers: [.apt(["librdkafka-dev"])]),
        .target(
            name: "KafkaLog",
            dependencies: ["CRdkafka", "EventLog", "Threads", "TopicPlans", logging, metrics]),
        .target(
            name: "TopicFiles", dependencies: ["EventLog", "TopicPlans", "Topics", yams]),
        .target(name: "RuleFiles", dependencies: ["Scoring", yams]),
        .target(
            name: "Projection", dependencies: ["EventLog", "SQLite", "Topics", "Trips", metrics]),
        .target(name: "Telemetry", dependencies: [coreMetrics]),
        .target(name: "Access", dependencies: ["Trips", crypto, jwtKit, logging, metrics]),
        .target(
            name: "Web",
            dependencies: [
                "Access", "CZlib", "Trips", hummingbird, httpTypes, logging, metrics, nioCore,
                nioHTTP1, nioHTTPTypes,
            ]),
        // Runtime.
        .target(
            name: "Pipeline",
            dependencies: ["EventLog", "Scoring", "SQLite", "Topics", "Trips", logging, metrics]),
        .target(name: "Operations", dependencies: ["EventLog", "Topics", "Trips"]),
        .target(
            name: "Releases",
            dependencies: ["EventLog", "Operations", "ReleasePlans", "Topics"]),
        .target(name: "Backups", dependencies: ["EmbeddedLog", "EventLog", crypto]),
        // Services.
        .target(
            name: "Gateway",
            dependencies: [
                "Access", "EventLog", "Topics", "Trips", "Web", hummingbird, httpTypes, logging,
                metrics,
                nioCore,
            ]),
        .target(
            name: "Reader",
            dependencies: [
                "Access", "EventLog", "Projection", "SQLite", "Topics", "Trips", "Web", hummingbird,
                httpTypes, logging, metrics, nioCore, nioPosix,
            ]),
        .target(
            name: "MyDriving",
            dependencies: [
                "Access", "EventLog", "Projection", "Reader", "Topics", "Trips", "Web", crypto,
                hummingbird,
                httpTypes, logging, nioCore,
            ]),
        .target(
            name: "Site",
            dependencies: [
                "Access", "Projection", "ReleasePlans", "Topics", "Trips", "Web", hummingbird,
                httpTypes,
                mustache, nioCore,
            ],
            resources: [.embedInCode("Templates"), .embedInCode("Assets")]),
        .target(name: "Simulator", dependencies: ["Trips", nioCore, nioHTTP1, nioPosix]),
        // Program.
        .executableTarget(
            name: "tacho",
            dependencies: [
                "Access", "Backups", "EmbeddedLog", "EventLog", "Gateway", "KafkaLog",
                "MyDriving", "Operations", "Pipeline", "Projection", "Reader", "ReleasePlans",
                "Releases", "RuleFiles", "Scoring", "Simulator", "Site", "Telemetry", "TopicFiles",
                "TopicPlans", "Topics", "Trips",
                "Web",
                argumentParser, coreMetrics, hummingbird, logging, metrics, nioCore,
                serviceLifecycle,
                unixSignals,
            ]),
        .executableTarget(
            name: "tacho-bench",
            dependencies: [
                "Access", "EmbeddedLog", "EventLog", "Gateway", "KafkaBroker", "KafkaLog",
                "Pipeline",
                "Projection", "Reader", "Scoring", "Simulator", "Topics", "Trips", nioCore,
            ],
            path: "bench/Sources"),
        // Tests.
        .target(
            name: "LogConformance", dependencies: ["EventLog"], path: "Tests/LogConformance"),
        .target(
            name: "RandomRules", dependencies: ["Scoring"], path: "Tests/RandomRules"),
        .target(name: "SeededRandom", path: "Tests/SeededRandom"),
        .target(
            name: "GivenCaller",
            dependencies: ["Access", "Trips", "Web", hummingbird, httpTypes],
            path: "Tests/GivenCaller"),
        .target(
            name: "Loopback", dependencies: [hummingbird, logging, nioCore, nioPosix],
            path: "Tests/Loopback"),
        .target(name: "DiskFaults", path: "Tests/DiskFaults"),
        .target(
            name: "KafkaBroker", dependencies: ["CRdkafka", "Threads"], path: "Tests/KafkaBroker"),
        .executableTarget(
            name: "mock-cluster", dependencies: ["KafkaBroker"], path: "Tests/mock-cluster"),
        .executableTarget(
            name: "log-stress", dependencies: ["Backups", "EmbeddedLog", "EventLog"],
            path: "Tests/log-stress"),
        .testTarget(
            name: "EmbeddedLogTests",
            dependencies: [
                "DiskFaults", "EmbeddedLog", "EventLog", "LogConformance", "SeededRandom", "SQLite",
                "log-stress",
            ],
            resources: [.copy("Golden")]),
        .testTarget(
            name: "KafkaLogTests",
            dependencies: [
                "CRdkafka", "EventLog", "KafkaBroker", "KafkaLog", "LogConformance", "Threads",
                "TopicPlans", "mock-cluster",
            ]),
        .testTarget(
            name: "BackupsTests",
            dependencies: ["Backups", "EmbeddedLog", "EventLog", "SQLite", "log-stress"]),
        .testTarget(
            name: "AccessTests",
            dependencies: [
                "Access", "EmbeddedLog", "EventLog", "Gateway", "Loopback", "MyDriving",
                "Projection", "Reader", "ReleasePlans", "Site", "Topics", "Trips", "Web", crypto,
                hummingbird, httpTypes, jwtKit, logging, nioCore, nioHTTP1, nioPosix,
            ]),
        .testTarget(name: "EventLogTests", dependencies: ["EventLog"]),
        .testTarget(
            name: "MyDrivingTests",
            dependencies: [
                "Access", "EmbeddedLog", "EventLog", "GivenCaller", "Loopback", "MyDriving",
                "Pipeline", "Projection", "Reader", "Scoring", "Topics", "Trips", "Web", httpTypes,
                hummingbird, logging, nioCore,
            ]),
        .testTarget(
            name: "OperationsTests",
            dependencies: ["EventLog", "Operations", "SeededRandom", "Topics", "Trips"]),
        .testTarget(
            name: "PipelineTests",
            dependencies: [
                "CRdkafka", "EmbeddedLog", "EventLog", "KafkaBroker", "KafkaLog", "Operations",
                "Pipeline", "RandomRules", "ReleasePlans", "Releases", "RuleFiles", "Scoring",
                "SeededRandom",
                "Topics", "Trips",
            ],
            resources: [.copy("Golden")]),
        .testTarget(
            name: "ReleasePlansTests",
            dependencies: ["EventLog", "ReleasePlans", "SeededRandom", "Topics"]),
        .testTarget(
            name: "ReleasesTests",
            dependencies: [
                "EmbeddedLog", "EventLog", "Operations", "ReleasePlans", "Releases", "Topics",
            ]),
        .testTarget(
            name: "RuleFilesTests",
            dependencies: ["RandomRules", "RuleFiles", "Scoring", "SeededRandom"]),
        .testTarget(
            name: "ScoringTests",
            dependencies: ["RandomRules", "Scoring", "SeededRandom", "Trips"],
            resources: [.copy("Fixtures")]),
        .testTarget(
            name: "SimulatorTests",
            dependencies: ["Simulator", "Trips", nioCore, nioHTTP1, nioPosix]),
        .testTarget(name: "TidyTests"),
        .testTarget(
            name: "TopicPlansTests",
            dependencies: ["EventLog", "SeededRandom", "TopicFiles", "TopicPlans", "Topics"]),
        .testTarget(
            name: "TopicsTests",
            dependencies: ["EventLog", "TopicFiles", "TopicPlans", "Topics", "Trips", protobuf],
            resources: [.copy("Golden")]),
        .testTarget(name: "TripsTests", dependencies: ["SeededRandom", "Trips"]),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "Access", "CZlib", "EmbeddedLog", "EventLog", "Gateway", "GivenCaller", "Loopback",
                "SeededRandom", "Topics", "Trips", "Web", hummingbird, httpTypes, logging, nioCore,
            ]),
        .testTarget(
            name: "ProjectionTests",
            dependencies: [
                "EventLog", "Projection", "SeededRandom", "SQLite", "Topics", "Trips",
            ]),
        .testTarget(
            name: "ReaderTests",
            dependencies: [
                "Access", "EmbeddedLog", "EventLog", "GivenCaller", "Loopback", "Projection",
                "Reader", "Topics", "Trips", "Web", hummingbird, logging, nioCore, nioPosix,
                serviceLifecycle,
            ]),
        .testTarget(
            name: "SiteTests",
            dependencies: [
                "Access", "EventLog", "GivenCaller", "Loopback", "Projection", "ReleasePlans",
                "Site", "Topics", "Trips", "Web", hummingbird, httpTypes, logging, nioCore,
            ]),
        .testTarget(name: "TelemetryTests", dependencies: ["Telemetry", coreMetrics]),
        .testTarget(
            name: "WebTests",
            dependencies: ["Web", hummingbird, httpTypes, logging, nioCore, nioEmbedded]),
    ]
)
for target in package.targets where target.type != .system && target.name != "DiskFaults" {
    target.swiftSettings = (target.swiftSettings ?? []) + strict
}
