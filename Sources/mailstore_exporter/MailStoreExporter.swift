import ArgumentParser
import OperatingSystem

/// The program: its commands, and what happens when none is named.
@main
struct MailStoreExporter: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mailstore_exporter",
        abstract: "Watches MailStore e-mail archives for Prometheus.",
        discussion: """
            With --config.file, or with --mailstore.url and its companions for one server, it collects and serves \
            metrics until it is told to stop. Exit codes: 0 after a clean end, 1 where it cannot run, 2 where the \
            configuration is wrong, 64 where the command line is.
            """,
        version: BuildInformation.version,
        subcommands: [
            Serve.self, Demo.self, Simulate.self, Metrics.self, Functions.self, Call.self, Verify.self, Check.self,
            History.self, KitCommand.self,
        ],
        defaultSubcommand: Serve.self
    )
}
