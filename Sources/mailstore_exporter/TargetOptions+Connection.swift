import ArgumentParser
import Commands
import Configuration
import Foundation
import MailStoreAPI

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
