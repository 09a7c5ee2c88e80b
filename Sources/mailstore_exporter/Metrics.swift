import ArgumentParser
import Exposition
import Web

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
