import ArgumentParser
import Commands
import Kit
import OperatingSystem

/// Writes the dashboards, rules and sample files.
struct KitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kit",
        abstract: "Write the dashboards, rules, runbook and sample files of this version.",
        discussion: """
            The directory is created if it does not exist; its README.md explains what to install where. Identical \
            files are left alone. If a file exists with other content, nothing is written; --force replaces such files \
            and keeps the old content as NAME.old. Exit codes: 0 if the kit was written, 1 if it cannot be written, 64 \
            if the command line is invalid.

            Example: mailstore_exporter kit mailstore-kit --runbook-url=https://wiki.example.com/mailstore
            """)

    @Argument(help: "Directory to write to.")
    var directory: String?

    @Option(
        name: .customLong("runbook-url"),
        help: ArgumentHelp(
            "URL where the runbook is published: alerts then link to its sections there instead of to the file.",
            valueName: "url"))
    var runbookURL: String?

    @Option(
        name: .customLong("site-label"),
        help: ArgumentHelp(
            "Label that tells sites apart, if one Prometheus evaluates the rules for several; repeatable.",
            valueName: "label"))
    var siteLabels: [String] = []

    @Flag(help: "Replace files that differ; the old content is kept as NAME.old.")
    var force = false

    @Flag(help: "Print the names of the files without writing them.")
    var list = false

    func validate() throws {
        switch directory {
        case nil where !list:
            throw ValidationError("Name the directory to write to, or list the files with --list.")
        case "":
            throw ValidationError("The name of the directory is empty; use . for the current one.")
        case "-":
            throw ValidationError(
                "The kit is a directory and cannot be written to standard output; use ./- for the name -.")
        case .some where list:
            throw ValidationError("--list writes nothing; leave out the directory.")
        default:
            _ = try runbook()
            _ = try sites()
        }
    }

    func run() async throws {
        let kit = Kit(version: BuildInformation.version, runbook: try runbook(), sites: try sites())
        guard let directory else {
            return try await Failure.reported {
                try Console.own.print(kit.files.map { $0.path + "\n" }.joined())
            }
        }
        try await Failure.reported {
            let changes = try KitFolder(directory).write(kit.files, replacing: force)
            for (path, change) in changes {
                switch change {
                case .written: try Console.own.print("written    \(path)\n")
                case .unchanged: try Console.own.print("unchanged  \(path)\n")
                case .replaced(let kept): try Console.own.print("replaced   \(path), kept as \(kept)\n")
                }
            }
            if let readme = changes.first(where: { $0.path.hasSuffix("/README.md") }) {
                try Console.own.print("What to install where: \(readme.path)\n")
            }
        }
    }

    private func sites() throws -> SiteLabels {
        do throws(KitError) {
            return try SiteLabels(siteLabels)
        } catch {
            throw ValidationError("--site-label: \(error)")
        }
    }

    private func runbook() throws -> RunbookAddress? {
        guard let runbookURL else { return nil }
        do throws(KitError) {
            return try RunbookAddress(parsing: runbookURL)
        } catch {
            throw ValidationError("--runbook-url: \(error)")
        }
    }
}
