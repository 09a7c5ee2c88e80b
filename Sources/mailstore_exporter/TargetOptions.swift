import ArgumentParser
import Commands
import Configuration
import Foundation

/// A single MailStore server, configured with flags.
struct MailStoreServerOptions: ParsableArguments {
    @Option(
        name: .customLong("mailstore.url"),
        help: ArgumentHelp("URL of the Administration API: https://host:8463.", valueName: "url"))
    var url: String?

    @Option(
        name: .customLong("mailstore.username"),
        help: ArgumentHelp("A MailStore administrator with the login privilege \"api\".", valueName: "name"))
    var username: String?

    @Option(
        name: .customLong("mailstore.password-file"),
        help: ArgumentHelp(
            "File with the password (default: the environment variable MAILSTORE_PASSWORD).", valueName: "file"))
    var passwordFile: String?

    @Option(
        name: .customLong("mailstore.ca-file"),
        help: ArgumentHelp(
            "PEM file with the CA, or the self-signed certificate itself, to trust.", valueName: "file"))
    var caFile: String?

    @Option(
        name: .customLong("mailstore.pinned-public-key"),
        help: ArgumentHelp("Pin of the server's public key to trust.", valueName: "sha256//..."))
    var pinnedPublicKey: String?

    @Flag(
        name: .customLong("mailstore.insecure-skip-verify"),
        help: "Trust any certificate. Anyone between this machine and the server can then read the password.")
    var insecureSkipVerify = false

    /// The configuration from these flags or the file.
    func flags(configFile: String?, stateDirectory: String? = nil) -> ConfigurationFlags {
        var flags = ConfigurationFlags()
        flags.configFile = configFile
        flags.url = url
        flags.username = username
        flags.passwordFile = passwordFile
        flags.caFile = caFile
        flags.pinnedPublicKey = pinnedPublicKey
        flags.insecureSkipVerify = insecureSkipVerify
        flags.stateDirectory = stateDirectory
        return flags
    }

    /// The same flags on a command line.
    fileprivate var words: [String] {
        let options = [
            ("url", url), ("username", username), ("password-file", passwordFile), ("ca-file", caFile),
            ("pinned-public-key", pinnedPublicKey),
        ]
        return options.flatMap { option, value in value.map { ["--mailstore.\(option)", $0] } ?? [] }
            + (insecureSkipVerify ? ["--mailstore.insecure-skip-verify"] : [])
    }
}

/// The server that a command uses.
struct TargetOptions: ParsableArguments {
    @Option(
        name: .customLong("config.file"),
        help: ArgumentHelp(
            "YAML configuration file. Without it, configure a single server with --mailstore.url and related options.",
            valueName: "file"))
    var configFile: String?

    @Option(
        name: .customLong("target"),
        help: ArgumentHelp("Name of a target in the configuration.", valueName: "name"))
    var name: String?

    @OptionGroup(title: "A single server, without a configuration file")
    var server: MailStoreServerOptions

    /// Prepares the connection to the server; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - needsLogin: If `false`, user name and password may be missing.
    ///   - timeout: The time limit of a single request, instead of the configured one.
    func connect(needsLogin: Bool = true, timeout: PrometheusDuration? = nil) throws -> TargetConnection {
        var environment = ProcessInfo.processInfo.environment
        var flags = server.flags(configFile: configFile)
        if !needsLogin, configFile == nil, server.url != nil {
            flags.username = flags.username ?? "nobody"
            environment[ConfigurationFlags.passwordVariable, default: ""] += ""
        }
        var configuration = try flags.load(environment: environment, onlyTarget: name)
        if let timeout { configuration.collection.timeout = timeout }
        return TargetConnection(
            try configuration.target(named: name), settings: configuration.collection, environment: environment)
    }

    /// The command line that follows a process of this server again, without its token.
    var attaching: [String] {
        ["mailstore_exporter", "call"] + (configFile.map { ["--config.file", $0] } ?? [])
            + (name.map { ["--target", $0] } ?? []) + server.words + ["--token"]
    }
}

extension Console {
    /// The program's own input and output.
    static var own: Console { .standard(terminal: ProcessInfo.processInfo.environment["TERM"]) }
}
