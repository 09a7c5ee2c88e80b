import ArgumentParser
import Commands
import Foundation

/// Checks the connection to each server, step by step.
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the connection to each server, step by step, and explain how to fix problems.",
        discussion: """
            It checks the configuration, the password, the host name, the connection, the certificate (and prints \
            the public key pin to copy), the API, the login, the functions that the server offers, the time zone, the clock \
            and the stores, and runs every collector once. It changes nothing on the server and writes no files. Exit \
            codes: 0 if everything that the exporter needs works, 1 if not, or if a target file has a mistake, 2 if the \
            configuration is invalid, 64 if the command line is invalid.

            Example: mailstore_exporter check --config.file /etc/mailstore_exporter/config.yml --target archive
            """)

    @OptionGroup(title: "Servers (without --target: all in the configuration)")
    var target: TargetOptions

    @Flag(help: "Print the steps as a JSON array.")
    var json = false

    func run() async throws {
        let verdict = await CheckCommand(environment: ProcessInfo.processInfo.environment).run(
            target.server.flags(configFile: target.configFile), onlyTarget: target.name, asJSON: json, console: .own)
        if verdict != .healthy { throw ExitCode(verdict.exitCode) }
    }
}
