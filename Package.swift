// swift-tools-version: 6.1
import PackageDescription

/// The commit that is built, for `mailstore_exporter_build_info`.
let revision = Context.gitInformation.map { $0.currentCommit + ($0.hasUncommittedChanges ? "-modified" : "") }

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

/// Whether the fuzz program is built, for `make fuzz`; otherwise its targets are a part of the tests.
let isFuzzing = Context.environment["FUZZ"] != nil

/// What the fuzz targets call.
let fuzzed: [Target.Dependency] = [
    "Collection", "Commands", "Configuration", "CurlTransport", "Exposition", "Ledger", "LogOutput", "MailStoreAPI",
    "MailStoreSimulator", "MicroHTTPServer", "OperatingSystem", "PlainText", "Web", logging,
]

let package = Package(
    name: "mailstore_exporter",
    products: [
        .executable(name: "mailstore_exporter", targets: ["mailstore_exporter"]),
        .library(name: "MailStoreSimulator", targets: ["MailStoreSimulator"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.1.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    ],
    targets: [
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CMicroHTTPD", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
        .systemLibrary(name: "CGnuTLS", pkgConfig: "gnutls", providers: [.apt(["libgnutls28-dev"])]),
        .systemLibrary(name: "CCrypt", pkgConfig: "libxcrypt", providers: [.apt(["libcrypt-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        .target(name: "PlainText"),
        .target(name: "OperatingSystem", dependencies: ["PlainText"]),
        .target(name: "Exposition", dependencies: ["CZlib", "PlainText"]),
        .target(name: "MailStoreAPI", dependencies: ["OperatingSystem", "PlainText"]),
        .target(
            name: "CurlTransport", dependencies: ["CCurl", "CGnuTLS", "MailStoreAPI", "OperatingSystem", "PlainText"]),
        .target(name: "MicroHTTPServer", dependencies: ["CGnuTLS", "CMicroHTTPD", "OperatingSystem"]),
        .target(name: "MailStoreSimulator", dependencies: ["CGnuTLS", "MicroHTTPServer", "OperatingSystem"]),

        .target(
            name: "Configuration",
            dependencies: [
                "MailStoreAPI", "OperatingSystem", "PlainText", .product(name: "Yams", package: "Yams"),
            ]
        ),
        .target(name: "SQLite", dependencies: ["CSQLite"]),
        .target(name: "Ledger", dependencies: ["MailStoreAPI", "OperatingSystem", "PlainText", "SQLite", logging]),
        .target(name: "Systemd", dependencies: ["OperatingSystem", "PlainText", logging]),
        .target(
            name: "Collection",
            dependencies: [
                "Configuration", "CurlTransport", "Exposition", "Ledger", "MailStoreAPI", "OperatingSystem",
                "PlainText", "Systemd", .product(name: "DequeModule", package: "swift-collections"), logging,
            ]
        ),
        .target(
            name: "Web",
            dependencies: [
                "CCrypt", "CGnuTLS", "Collection", "Configuration", "Exposition", "Ledger", "MailStoreAPI",
                "MicroHTTPServer", "OperatingSystem", "PlainText", logging,
                .product(name: "OrderedCollections", package: "swift-collections"),
            ]
        ),
        .target(
            name: "Commands",
            dependencies: [
                "Collection", "Configuration", "CurlTransport", "Exposition", "Ledger", "MailStoreAPI",
                "OperatingSystem", "PlainText", logging,
            ]
        ),
        .target(name: "LogOutput", dependencies: ["OperatingSystem", "PlainText", logging]),
        .target(
            name: "CBuildInformation",
            cSettings: [.define("BUILD_REVISION", to: "\"\(revision ?? "unknown")\"")]
        ),
        .executableTarget(name: "KitGenerator"),
        .plugin(name: "KitPlugin", capability: .buildTool(), dependencies: ["KitGenerator"], path: "Sources/KitPlugin"),
        .target(name: "Kit", dependencies: ["OperatingSystem"], exclude: ["Files"], plugins: ["KitPlugin"]),
        .executableTarget(
            name: "mailstore_exporter",
            dependencies: [
                "CBuildInformation", "Collection", "Commands", "Configuration", "CurlTransport", "Exposition", "Kit",
                "Ledger", "LogOutput", "MailStoreAPI", "MailStoreSimulator", "MicroHTTPServer", "OperatingSystem",
                "PlainText", "Systemd", "Web", logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),

        .target(
            name: "TestSupport",
            dependencies: [
                "Collection", "Configuration", "Exposition", "Ledger", "MailStoreAPI", "OperatingSystem", "Web",
                logging,
            ],
            path: "Tests/TestSupport"
        ),
        .testTarget(name: "PlainTextTests", dependencies: ["PlainText"]),
        .testTarget(name: "ExpositionTests", dependencies: ["Exposition"], exclude: ["Golden"]),
        .testTarget(name: "MailStoreAPITests", dependencies: ["MailStoreAPI", "OperatingSystem", "TestSupport"]),
        .testTarget(name: "CurlTransportTests", dependencies: ["CurlTransport"]),
        .testTarget(name: "MicroHTTPServerTests", dependencies: ["MicroHTTPServer", "OperatingSystem"]),
        .testTarget(name: "SQLiteTests", dependencies: ["SQLite", "TestSupport"]),
        .testTarget(name: "OperatingSystemTests", dependencies: ["OperatingSystem", "TestSupport"]),
        .testTarget(name: "ConfigurationTests", dependencies: ["Configuration", "TestSupport"]),
        .testTarget(name: "LedgerTests", dependencies: ["Ledger", "TestSupport"]),
        .testTarget(name: "CollectionTests", dependencies: ["Collection", "TestSupport"]),
        .testTarget(name: "WebTests", dependencies: ["TestSupport", "Web"], exclude: ["Golden"]),
        .testTarget(name: "CommandsTests", dependencies: ["Commands", "TestSupport"]),
        .testTarget(name: "SystemdTests", dependencies: ["Systemd", "TestSupport"]),
        .testTarget(name: "LogOutputTests", dependencies: ["LogOutput", "TestSupport"]),
        .testTarget(name: "MailStoreSimulatorTests", dependencies: ["MailStoreSimulator", "OperatingSystem"]),
        .testTarget(name: "KitTests", dependencies: ["Kit", "KitGenerator"]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "MailStoreSimulator", "MicroHTTPServer", "OperatingSystem", "TestSupport", "mailstore_exporter",
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)

/// What in `Tests/Fuzz` is not Swift, or not for both.
let fuzzFolders = ["CLibFuzzer", "Corpus", "Dictionaries", "run.py"]
package.targets +=
    isFuzzing
    ? [
        .systemLibrary(name: "CLibFuzzer", path: "Tests/Fuzz/CLibFuzzer"),
        .executableTarget(
            name: "fuzz", dependencies: fuzzed + ["CLibFuzzer"], path: "Tests/Fuzz",
            exclude: fuzzFolders + ["ReplayTests.swift"]),
    ]
    : [.testTarget(name: "FuzzTests", dependencies: fuzzed, path: "Tests/Fuzz", exclude: fuzzFolders + ["Program"])]

// The imports of a target are internal unless they say otherwise, such as `package import`.
for target in package.targets where target.type == .regular || target.type == .executable {
    target.swiftSettings = (target.swiftSettings ?? []) + [.enableUpcomingFeature("InternalImportsByDefault")]
}
