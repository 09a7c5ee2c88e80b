import ArgumentParser
import Commands
import Web

/// Lists the functions of a server.
struct Functions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the functions that a server offers, with their arguments.",
        discussion: """
            No login is needed. Exit codes: 0 if functions are listed, 1 if the server cannot be queried or no function \
            matches, 2 if the configuration is invalid, 64 if the command line is invalid.

            Example: mailstore_exporter functions 'Verify*' --mailstore.url https://mailstore.example.com:8463
            """)

    @Argument(help: "Part of a name, or a pattern with * and ?; case is ignored.")
    var pattern: String?

    @Flag(help: "Print JSON in the format of get-metadata.")
    var json = false

    @OptionGroup(title: "Server")
    var target: TargetOptions

    func run() async throws {
        try await Failure.reported {
            let connection = try target.connect(needsLogin: false)
            defer { connection.close() }
            try await FunctionsCommand(matching: pattern, asJSON: json).run(on: connection, console: .own)
        }
    }
}

/// Lists the metrics of the exporter.
struct Metrics: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List all metrics that the exporter can export.",
        discussion: "Example: mailstore_exporter metrics --format markdown")

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, markdown, json
    }

    @Option(help: "Output format.")
    var format = Format.table

    func run() async throws {
        let catalogue = try MetricCatalogue.make()
        let listing =
            switch format {
            case .table: catalogue.table()
            case .markdown: catalogue.markdown()
            case .json: catalogue.json()
            }
        try await Failure.reported { try Console.own.print(listing) }
    }
}
