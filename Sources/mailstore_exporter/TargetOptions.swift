import ArgumentParser
import Commands
import Configuration
import CurlTransport
import Foundation
import MailStoreAPI
import MicroHTTPServer

/// Which server a command that a person gives is about.
struct TargetOptions: ParsableArguments {
    @Option(
        name: .customLong("config.file"),
        help: ArgumentHelp("The configuration, a YAML file; without it one server goes by flags.", valueName: "file"))
    var configFile: String?

    @Option(
        name: .customLong("target"),
        help: ArgumentHelp("The name of a target in the configuration.", valueName: "name"))
    var name: String?

    @OptionGroup(title: "One server by flags")
    var server: MailStoreServerOptions

    /// What the command line says about the configuration.
    var flags: ConfigurationFlags {
        var flags = ConfigurationFlags()
        flags.configFile = configFile
        flags.url = server.url
        flags.username = server.username
        flags.passwordFile = server.passwordFile
        flags.caFile = server.caFile
        flags.pinnedPublicKey = server.pinnedPublicKey
        flags.insecureSkipVerify = server.insecureSkipVerify
        return flags
    }
}

/// One MailStore server, by flags.
struct MailStoreServerOptions: ParsableArguments {
    @Option(
        name: .customLong("mailstore.url"),
        help: ArgumentHelp("Where the Administration API is: https://host:8463.", valueName: "url"))
    var url: String?

    @Option(
        name: .customLong("mailstore.username"),
        help: ArgumentHelp("A MailStore administrator with the login privilege \"api\".", valueName: "name"))
    var username: String?

    @Option(
        name: .customLong("mailstore.password-file"),
        help: ArgumentHelp(
            "The file that holds the password; without it the environment variable MAILSTORE_PASSWORD does.",
            valueName: "file"))
    var passwordFile: String?

    @Option(
        name: .customLong("mailstore.ca-file"),
        help: ArgumentHelp("The CA, or the self-signed certificate itself, to trust, in PEM.", valueName: "file"))
    var caFile: String?

    @Option(
        name: .customLong("mailstore.pinned-public-key"),
        help: ArgumentHelp("The pin of the server's public key to trust.", valueName: "sha256//..."))
    var pinnedPublicKey: String?

    @Flag(
        name: .customLong("mailstore.insecure-skip-verify"),
        help: "Trust any certificate; whoever stands in between can then read the password.")
    var insecureSkipVerify = false
}

extension TargetOptions {
    /// Connects to the one server that is meant; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - needsLogin: Without, neither user name nor password has to be given.
    ///   - timeout: In the place of the configured one, how long a single call may take.
    func connect(
        needsLogin: Bool = true, timeout: PrometheusDuration? = nil, observer: any CallObserver = SilentObserver()
    ) throws -> TargetConnection {
        var environment = ProcessInfo.processInfo.environment
        var flags = flags
        if !needsLogin, configFile == nil, server.url != nil {
            flags.username = flags.username ?? "nobody"
            environment[ConfigurationFlags.passwordVariable, default: ""] += ""
        }
        do {
            var configuration = try flags.load(environment: environment)
            if let timeout { configuration.collection.timeout = timeout }
            return TargetConnection(
                try configuration.target(named: name), settings: configuration.collection, environment: environment,
                observer: observer)
        } catch let error as CommandError {
            throw Failure(error)
        } catch {
            throw Failure("\(error)", code: .configuration)
        }
    }

    /// The command line that takes up a process of this server again, all but its token.
    var attaching: [String] {
        var words = ["mailstore_exporter", "call"]
        let options = [
            ("config.file", configFile), ("target", name), ("mailstore.url", server.url),
            ("mailstore.username", server.username), ("mailstore.password-file", server.passwordFile),
            ("mailstore.ca-file", server.caFile), ("mailstore.pinned-public-key", server.pinnedPublicKey),
        ]
        for case (let option, let value?) in options { words += ["--\(option)", value] }
        if server.insecureSkipVerify { words.append("--mailstore.insecure-skip-verify") }
        return words + ["--token"]
    }
}

extension Console {
    /// This program's own.
    static var own: Console { .standard(terminal: ProcessInfo.processInfo.environment["TERM"]) }
}

extension Failure {
    init(_ error: CommandError) {
        let code: Code =
            switch error.kind {
            case .commandLine: .commandLine
            case .configuration: .configuration
            case .failure: .cannotRun
            }
        self.init(error.description, code: code)
    }

    /// Runs a part of a command; its error becomes the program's.
    static func from<Value>(_ body: () async throws(CommandError) -> Value) async throws -> Value {
        do throws(CommandError) {
            return try await body()
        } catch {
            throw Failure(error)
        }
    }
}
