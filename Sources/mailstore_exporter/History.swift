import ArgumentParser
import Commands
import Configuration
import Foundation

/// Prints the past for Prometheus to take over.
struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the runs of the past as OpenMetrics text, for Prometheus to take over.",
        discussion: """
            It asks each server for its finished runs and prints what the exporter would have served at the time: runs \
            by result, last results and their times, items archived and verifications by jobs, a sample a step. \
            Left out is what cannot be known of the past: expected intervals, whether jobs were enabled or profiles \
            automatic, and verifications that the exporter itself ran. Names are today's; jobs and profiles that are \
            gone end with their last run.

            Start the exporter before: its state says from where on it counts by itself, and the past is made to fit, so \
            that Prometheus counts every run once. The state is read and not changed; as a service the exporter has it in \
            /var/lib/mailstore_exporter. The labels --job and --instance must be those of the scraped series. Exit \
            codes: 0, 1 where there is no such state, a server cannot be asked or the text cannot be written, 2 where \
            the configuration is wrong, 64 where the command line is.

            Example: mailstore_exporter history --since 365d --config.file exporter.yml \
            --state.directory /var/lib/mailstore_exporter --output history.om
            Then: promtool tsdb create-blocks-from openmetrics --max-block-duration=744h history.om \
            /var/lib/prometheus/data
            """)

    @Option(
        help: ArgumentHelp("How far back: a duration such as 365d or 1y, or a UTC time.", valueName: "time"))
    var since: String

    @Option(
        help: ArgumentHelp(
            "Where to end: a UTC time such as 2026-01-31T23:00:00Z, or a duration that counts back from now (default: "
                + "where the exporter's own samples begin, else now).", valueName: "time"))
    var until: String?

    @Option(help: ArgumentHelp("The distance of the samples, from 1m to 1d.", valueName: "duration"))
    var step = "1h"

    @Option(help: ArgumentHelp("The label job of the scraped series.", valueName: "label"))
    var job = "mailstore"

    @Option(help: ArgumentHelp("The label instance of the scraped series.", valueName: "label"))
    var instance = "127.0.0.1:9463"

    @Option(help: ArgumentHelp("Write this file, whole or not at all, instead of printing.", valueName: "file"))
    var output: String?

    @Option(
        name: .customLong("state.directory"),
        help: ArgumentHelp(
            "Where the exporter keeps its state (default: $STATE_DIRECTORY, else data).", valueName: "directory"))
    var stateDirectory: String?

    @Flag(
        help: ArgumentHelp(
            "Do not look for the exporter's state: the past stands alone, up to now, and counts from 0. For a Prometheus "
                + "that does not scrape the exporter, or did not in that time (see --until)."))
    var withoutState = false

    @OptionGroup(title: "Servers; all of the configuration without --target")
    var target: TargetOptions

    func validate() throws {
        guard !withoutState || stateDirectory == nil else {
            throw ValidationError("--without-state looks for no state; leave --state.directory out.")
        }
        _ = try makeOptions()
    }

    func run() async throws {
        try await Failure.reported {
            let options = try makeOptions()
            let environment = ProcessInfo.processInfo.environment
            var flags = target.flags
            flags.stateDirectory = stateDirectory
            let configuration: Configuration
            do throws(ConfigurationError) {
                configuration = try flags.load(environment: environment)
            } catch {
                throw Failure(error.description, code: .configuration)
            }
            let command = HistoryCommand(options, environment: environment)
            try await Failure.from { () throws(CommandError) in
                try await command.run(configuration, target: target.name, console: .own)
            }
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
