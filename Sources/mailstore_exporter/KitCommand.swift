import ArgumentParser
import Kit
import OperatingSystem

/// Writes what goes around the program.
struct KitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kit",
        abstract: "Write the dashboards, rules, runbook and sample files that belong to this version.",
        discussion: """
            The directory is made where it is missing; its README.md says what goes where. Files that are there and \
            the same stay as they are. Where one is there and differs, nothing is written; --force replaces it and \
            keeps what it held as NAME.old. Exit codes: 0, 1 where the kit cannot be written, 64 where the command \
            line is wrong.

            Example: mailstore_exporter kit mailstore-kit --runbook-url=https://wiki.example.com/mailstore
            """)

    @Argument(help: "Where to write it.")
    var directory: String?

    @Option(
        name: .customLong("runbook-url"),
        help: ArgumentHelp(
            "Where people read the runbook: alerts then link to the section there, not to the file.", valueName: "url"))
    var runbookURL: String?

    @Flag(help: "Replace files that differ; what they held is kept beside them.")
    var force = false

    @Flag(help: "Print the names of the files, and write none.")
    var list = false

    func validate() throws {
        switch directory {
        case nil where !list:
            throw ValidationError("Name the directory to write to, or see with --list what would be written.")
        case "":
            throw ValidationError("The name of the directory is empty; . is the one you are in.")
        case "-":
            throw ValidationError("The kit is a directory, so it cannot go to standard output; ./- means the name -.")
        case .some where list:
            throw ValidationError("--list writes nothing; leave the directory out.")
        default:
            _ = try runbook()
        }
    }

    func run() throws {
        let kit = Kit(version: BuildInformation.version, runbook: try runbook())
        guard let directory else {
            for file in kit.files { print(file.path) }
            return
        }
        let changes: [(path: String, change: KitFolder.Change)]
        do throws(KitError) {
            changes = try KitFolder(directory).write(kit.files, replacing: force)
        } catch {
            StandardError.write("mailstore_exporter: \(error)")
            throw ExitCode(Failure.Code.cannotRun.rawValue)
        }
        for (path, change) in changes {
            switch change {
            case .written: print("written    \(path)")
            case .unchanged: print("unchanged  \(path)")
            case .replaced(let kept): print("replaced   \(path), kept as \(kept)")
            }
        }
        if let readme = changes.first(where: { $0.path.hasSuffix("/README.md") }) {
            print("What goes where: \(readme.path)")
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
