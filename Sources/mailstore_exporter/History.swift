import ArgumentParser
import Commands
import Foundation

/// Prints past runs for import into Prometheus.
struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print past runs as OpenMetrics text, for import into Prometheus.",
        discussion: """
            It requests the finished runs of each server and prints what the exporter would have exported at the time: \
            runs by result, last results and their times, items archived, and verifications run by jobs. It leaves out \
            what the API does not report for the past: expected intervals, whether jobs were enabled or profiles \
            automatic, and verifications that the exporter ran. Names are today's; a job or profile that no longer \
            exists ends with its last run.

            Start the exporter first. Its state records since when it has counted runs, and the history ends where the \
            exporter's own samples begin, so that Prometheus counts every run once. The state is only read; the service \
            keeps it in /var/lib/mailstore_exporter. --job and --instance must match the labels of the scraped series. \
            Exit codes: 0 if the history was written, 1 if the state is missing, a server cannot be queried or the text \
            cannot be written, 2 if the configuration is invalid, 64 if the command line is invalid.

            Example: mailstore_exporter history --since 365d --config.file exporter.yml \
            --state.directory /var/lib/mailstore_exporter --output history.om
            Then: promtool tsdb create-blocks-from openmetrics --max-block-duration=744h history.om \
            /var/lib/prometheus/data
            """)

    @Option(
        help: ArgumentHelp(
            "Start: a duration before now, such as 365d or 1y, or a UTC time such as 2026-01-31T23:00:00Z.",
            valueName: "time"))
    var since: String

    @Option(
        help: ArgumentHelp(
            "End: a duration before now, or a UTC time (default: where the exporter's own samples begin, else now).",
            valueName: "time"))
    var until: String?

    @Option(help: ArgumentHelp("Interval between samples, from 1m to 1d.", valueName: "duration"))
    var step = "1h"

    @Option(help: ArgumentHelp("Label job of the scraped series.", valueName: "label"))
    var job = "mailstore"

    @Option(help: ArgumentHelp("Label instance of the scraped series.", valueName: "label"))
    var instance = "127.0.0.1:9463"

    @Option(
        help: ArgumentHelp("Write this file, completely or not at all, instead of printing.", valueName: "file"))
    var output: String?

    @Option(
        name: .customLong("state.directory"),
        help: ArgumentHelp(
            "State directory of the exporter (default: $STATE_DIRECTORY, else data).", valueName: "directory"))
    var stateDirectory: String?

    @Flag(
        help: ArgumentHelp(
            "Ignore the exporter's state: the history ends now and counts from 0. For a Prometheus that does not scrape "
                + "the exporter, or with an --until before its first scrape."))
    var withoutState = false

    @OptionGroup(title: "Servers (without --target: all in the configuration)")
    var target: TargetOptions

    func validate() throws {
        guard !withoutState || stateDirectory == nil else {
            throw ValidationError("--without-state ignores the state; leave out --state.directory.")
        }
        _ = try makeOptions()
    }

    func run() async throws {
        try await Failure.reported {
            let environment = ProcessInfo.processInfo.environment
            let flags = target.server.flags(configFile: target.configFile, stateDirectory: stateDirectory)
            let command = HistoryCommand(try makeOptions(), environment: environment)
            try await command.run(
                try flags.load(environment: environment, onlyTarget: target.name), target: target.name,
                console: .own)
        }
    }

    private func makeOptions() throws -> HistoryOptions {
        do {
            return try HistoryOptions(
                since: since, until: until, step: step, job: job, instance: instance, output: output,
                withoutState: withoutState)
        } catch {
            throw ValidationError("\(error)")
        }
    }
}
