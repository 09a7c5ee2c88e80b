import ArgumentParser
import Commands
import Exposition
import Web

/// Lists what a server offers.
struct Functions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the functions that a server offers, with their arguments.",
        discussion: """
            No login is needed. Exit codes: 0, 1 where the server cannot be asked or nothing fits the pattern, 2 where \
            the configuration is wrong, 64 where the command line is.

            Example: mailstore_exporter functions 'Verify*' --mailstore.url https://mailstore.example.com:8463
            """)

    @Argument(help: "A part of a name, or a pattern with * and ?; case does not count.")
    var pattern: String?

    @Flag(help: "Print JSON, as the server lists them.")
    var json = false

    @OptionGroup(title: "Server")
    var target: TargetOptions

    func run() async throws {
        try await Failure.reported {
            let connection = try target.connect(needsLogin: false)
            defer { connection.close() }
            let functions = try await Failure.from { () throws(CommandError) in try await connection.functions() }
            let listing = FunctionListing(functions, matching: pattern)
            if json || !listing.functions.isEmpty {
                print(json ? listing.json() : listing.table(), terminator: "")
            }
            guard listing.functions.isEmpty else { return }
            let found = functions.isEmpty ? "the server lists no functions" : "none of the server's functions fits"
            throw Failure("\(found); without a pattern all of them are listed", code: .cannotRun)
        }
    }
}

/// Prints the catalogue of metrics.
struct Metrics: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the catalogue of metrics.",
        discussion: "Example: mailstore_exporter metrics --format markdown")

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, markdown, json
    }

    @Option(help: "How to print it.")
    var format = Format.table

    func run() throws {
        let catalogue = try MetricCatalogue.make()
        switch format {
        case .table: print(catalogue.table(), terminator: "")
        case .markdown: print(catalogue.markdown(), terminator: "")
        case .json: print(catalogue.json(), terminator: "")
        }
    }
}
