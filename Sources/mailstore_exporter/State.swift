import ArgumentParser
import Commands
import Configuration
import Foundation
import LogOutput
import Logging

/// Works on the outcomes that an exporter has counted.
struct State: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, move and remove the outcomes that the exporter has counted.",
        discussion: """
            The counted outcomes of a target can move to another exporter, for example when targets are divided among \
            more exporters: no run is lost or counted twice. list and export read the state beside a running exporter. \
            import and remove change it, so the exporter of that state directory must be stopped. Exit codes: 0 on \
            success, 1 if the state cannot be used, 64 if the command line is invalid.

            Example: mailstore_exporter state export --target branch --state.directory /var/lib/old > branch.json
            Then: mailstore_exporter state import --state.directory /var/lib/new < branch.json
            """,
        subcommands: [List.self, Export.self, Import.self, Remove.self])

    /// Where the state is.
    struct Location: ParsableArguments {
        @Option(
            name: .customLong("state.directory"),
            help: ArgumentHelp(
                "State directory of the exporter (default: $STATE_DIRECTORY, else data).", valueName: "directory"))
        var directory: String?

        var command: StateCommand {
            let environment = ProcessInfo.processInfo.environment
            return StateCommand(
                directory: directory ?? Configuration.defaultStateDirectory(environment: environment),
                logger: Logger(label: "state") { _ in LineLogHandler(format: .logfmt, level: .info) })
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the targets, and how much is counted of each.")

        @OptionGroup var location: Location

        func run() async throws {
            try await Failure.reported { try location.command.list(console: .own) }
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the outcomes of targets as JSON documents, one on each line.",
            discussion: "Runs that end afterwards are not in it: stop the exporter first if another one takes over.")

        @Option(help: ArgumentHelp("Target to export; can be repeated (default: all).", valueName: "name"))
        var target: [String] = []

        @OptionGroup var location: Location

        func run() async throws {
            try await Failure.reported { try location.command.export(target, console: .own) }
        }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Store the documents that standard input contains; all of them or none.")

        @Option(help: ArgumentHelp("Target to import; can be repeated (default: all).", valueName: "name"))
        var target: [String] = []

        @Option(
            help: ArgumentHelp(
                "Import only the targets of this shard, such as 2/3 for the second of three.", valueName: "i/n"),
            transform: { try Shard(parsing: $0) })
        var shard: Shard?

        @Option(
            name: .customLong("as"), help: ArgumentHelp("Store a single target under this name.", valueName: "name"))
        var newName: String?

        @Flag(help: "Replace the outcomes that were counted for these targets before.")
        var replace = false

        @OptionGroup var location: Location

        func run() async throws {
            try await Failure.reported {
                let input = try FileHandle.standardInput.readToEnd() ?? Data()
                try location.command.import(
                    Array(input), target, of: shard, as: newName, replaces: replace, console: .own)
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove the outcomes of a target.")

        @Option(help: ArgumentHelp("Target to remove.", valueName: "name"))
        var target: String

        @OptionGroup var location: Location

        func run() async throws {
            try await Failure.reported { try location.command.remove(target, console: .own) }
        }
    }
}
