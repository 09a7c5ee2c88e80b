import MailStoreSimulator

/// A simulated server and the exporter that watches it, both ended when the test is over.
struct Scene: Sendable {
    let folder: TemporaryFolder
    let simulator: Simulator
    let exporter: Exporter

    static let password = "wörd-\"of\"-pass\\7e1"

    /// Sets the scene, lets a test play in it and clears it away.
    static func with<Result>(
        _ change: (inout SimulatorOptions) -> Void = { _ in }, debug: Bool = false,
        configure: (inout ConfigurationText) -> Void = { _ in }, _ body: (Scene) async throws -> Result
    ) async throws -> Result {
        try await Seats.shared.seated {
            let folder = try TemporaryFolder()
            defer { withExtendedLifetime(folder) {} }
            let simulator = try Simulator(simulatorOptions(change))
            defer { simulator.stop() }
            let configuration = try Self.configuration(for: simulator, in: folder, configure)
            let exporter = try await Exporter(configuration: configuration, debug: debug)
            let result = try await body(Scene(folder: folder, simulator: simulator, exporter: exporter))
            try await exporter.program.kill()
            return result
        }
    }

    /// A server whose values stand still: ten days lie behind it.
    static func simulatorOptions(_ change: (inout SimulatorOptions) -> Void = { _ in }) -> SimulatorOptions {
        var options = SimulatorOptions()
        options.password = password
        options.speed = 0
        options.history = 10
        change(&options)
        return options
    }

    /// Writes a configuration for one simulated server, and the password beside it.
    static func configuration(
        for simulator: Simulator, in folder: TemporaryFolder,
        _ configure: (inout ConfigurationText) -> Void = { _ in }
    ) throws -> String {
        let passwordFile = try folder.write(password + "\n", to: "password")
        var text = ConfigurationText(
            targets: [.init(simulator, passwordFile: passwordFile)], stateDirectory: folder["state"])
        configure(&text)
        return try folder.write(text.yaml, to: "config.yml")
    }
}

/// Lets only a few scenes play at a time, so that none starves on a small machine.
actor Seats {
    static let shared = Seats(4)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) {
        free = count
    }

    nonisolated func seated<Result>(_ body: () async throws -> Result) async throws -> Result {
        await take()
        do {
            let result = try await body()
            await giveBack()
            return result
        } catch {
            await giveBack()
            throw error
        }
    }

    private func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func giveBack() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}

/// A configuration file for tests: everything is collected every second, and time-outs are short.
struct ConfigurationText {
    /// One item of `targets`.
    struct Target {
        var name = "archive"
        var url: String
        var username = "admin"
        var passwordFile: String
        /// Lines of the section `tls`.
        var tls: [String] = []
        /// Further lines of the target.
        var more: [String] = []
    }

    var targets: [Target]
    /// What stands in the section `collection`.
    var collection = [
        "interval": "1s", "timeout": "2s", "connect_timeout": "1s", "max_age": "1h", "intervals": Self.everySecond,
    ]
    var stateDirectory: String
    /// Further lines at the top level.
    var more: [String] = []

    private static let everySecond =
        "{" + (Page.collectors + Page.serviceProviderCollectors).map { "\($0): 1s" }.joined(separator: ", ") + "}"

    var yaml: String {
        var lines = ["targets:"]
        for target in targets {
            lines += [
                "  - name: \(target.name)", "    url: \(target.url)", "    username: \(target.username)",
                "    password_file: \(target.passwordFile)",
            ]
            lines += target.more.map { "    \($0)" }
            if !target.tls.isEmpty { lines += ["    tls:"] + target.tls.map { "      \($0)" } }
        }
        lines.append("collection:")
        lines += collection.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)" }
        lines.append("state_directory: \(stateDirectory)")
        return (lines + more).joined(separator: "\n") + "\n"
    }
}

extension ConfigurationText.Target {
    /// A simulated server, trusted by its pin.
    init(_ simulator: Simulator, name: String = "archive", passwordFile: String) {
        self.init(
            name: name, url: simulator.url, passwordFile: passwordFile,
            tls: ["pinned_public_key: sha256//\(simulator.publicKeyPin)"])
    }
}
