// swift-tools-version: 6.1
import PackageDescription

/// The commit that is built, for `mailstore_exporter_build_info`.
let revision = Context.gitInformation.map { $0.currentCommit + ($0.hasUncommittedChanges ? "-modified" : "") }

let package = Package(
    name: "mailstore_exporter",
    products: [
        .executable(name: "mailstore_exporter", targets: ["mailstore_exporter"]),
        .library(name: "MailStoreSimulator", targets: ["MailStoreSimulator"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    ],
    targets: [
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CMicroHTTPD", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
        .systemLibrary(name: "CGnuTLS", pkgConfig: "gnutls", providers: [.apt(["libgnutls28-dev"])]),
        .systemLibrary(name: "CCrypt", pkgConfig: "libxcrypt", providers: [.apt(["libcrypt-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        .target(name: "Exposition", dependencies: ["CZlib"]),
        .target(name: "MailStoreAPI"),
        .target(
            name: "CurlTransport",
            dependencies: [
                "CCurl", "CGnuTLS", "MailStoreAPI",
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
            ]
        ),
        .target(
            name: "MicroHTTPServer",
            dependencies: [
                "CGnuTLS", "CMicroHTTPD",
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
            ]
        ),
        .target(
            name: "Exporter",
            dependencies: [
                "CCrypt", "CGnuTLS", "Exposition", "MailStoreAPI", "CurlTransport", "MicroHTTPServer",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ]
        ),
        .target(
            name: "MailStoreSimulator",
            dependencies: [
                "CGnuTLS", "MicroHTTPServer",
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
            ]
        ),
        .target(
            name: "CBuildInformation",
            cSettings: [.define("BUILD_REVISION", to: "\"\(revision ?? "unknown")\"")]
        ),
        .executableTarget(name: "KitGenerator"),
        .plugin(name: "KitPlugin", capability: .buildTool(), dependencies: ["KitGenerator"], path: "Sources/KitPlugin"),
        .target(name: "Kit", exclude: ["Files"], plugins: ["KitPlugin"]),
        .executableTarget(
            name: "mailstore_exporter",
            dependencies: [
                "CBuildInformation", "Exporter", "Kit", "MailStoreAPI", "MailStoreSimulator",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),

        .target(
            name: "TestSupport",
            dependencies: ["MailStoreAPI", .product(name: "NIOConcurrencyHelpers", package: "swift-nio")],
            path: "Tests/TestSupport"
        ),
        .testTarget(name: "ExpositionTests", dependencies: ["Exposition"], exclude: ["Golden"]),
        .testTarget(
            name: "MailStoreAPITests",
            dependencies: [
                "MailStoreAPI", "TestSupport", .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
            ]
        ),
        .testTarget(name: "CurlTransportTests", dependencies: ["CurlTransport"]),
        .testTarget(
            name: "MicroHTTPServerTests",
            dependencies: ["MicroHTTPServer", .product(name: "NIOConcurrencyHelpers", package: "swift-nio")]
        ),
        .testTarget(
            name: "ExporterTests",
            dependencies: ["Exporter", "TestSupport", .product(name: "NIOConcurrencyHelpers", package: "swift-nio")],
            exclude: ["Golden"]
        ),
        .testTarget(name: "MailStoreSimulatorTests", dependencies: ["MailStoreSimulator"]),
        .testTarget(name: "KitTests", dependencies: ["Kit", "KitGenerator"]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "Exporter", "MailStoreSimulator", "MicroHTTPServer", "TestSupport", "mailstore_exporter",
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)

// What a room imports stays its own affair unless it says `public import`.
for target in package.targets where target.type == .regular || target.type == .executable {
    target.swiftSettings = (target.swiftSettings ?? []) + [.enableUpcomingFeature("InternalImportsByDefault")]
}
