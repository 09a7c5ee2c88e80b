import MailStoreSimulator

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

    private static let everySecond = "{" + Page.collectors.map { "\($0): 1s" }.joined(separator: ", ") + "}"

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
