package import Configuration
import Foundation
import Ledger
package import Logging
import OperatingSystem
import PlainText

/// Lists, moves and removes the outcomes that an exporter has counted.
package struct StateCommand: Sendable {
    private let directory: String
    private let logger: Logger

    /// - Parameters:
    ///   - directory: The state directory.
    ///   - logger: Takes what the database has to say.
    package init(directory: String, logger: Logger) {
        self.directory = directory
        self.logger = logger
    }

    /// Prints a line for each target: its name, how many runs are counted, and up to when the results have been read.
    package func list(console: Console) throws(CommandError) {
        var rows = [["TARGET", "INSTANCE", "JOB RUNS", "PROFILE RUNS", "READ UNTIL"]]
        for (key, ledger) in try ledgers(named: []) {
            let watermarks = [ledger.jobs.plan.watermark, ledger.profiles.plan.watermark].compactMap(\.self)
            rows.append([
                TerminalText.clean(key.target), TerminalText.clean(key.instance), "\(ledger.jobs.countedRuns)",
                "\(ledger.profiles.countedRuns)", watermarks.min()?.text ?? "never",
            ])
        }
        let widths = rows[0].indices.map { column in rows.map { TerminalText.width($0[column]) }.max() ?? 0 }
        for row in rows {
            let cells = zip(row, widths.dropLast() + [0]).map { cell, width in
                cell + String(repeating: " ", count: max(0, width - TerminalText.width(cell)))
            }
            try console.writeResult(Array((cells.joined(separator: "  ") + "\n").utf8))
        }
    }

    /// Prints a document for each target, one on each line.
    ///
    /// - Parameter names: The targets; empty for all.
    package func export(_ names: [String], console: Console) throws(CommandError) {
        for (key, ledger) in try ledgers(named: names) {
            do {
                try console.writeResult(Array(try LedgerDocument(ledger, of: key).bytes()) + [UInt8(ascii: "\n")])
            } catch {
                throw error as? CommandError ?? CommandError(.failure, "\(key.target): \(error)")
            }
        }
    }

    /// The ledgers of some targets, or of all.
    private func ledgers(named names: [String]) throws(CommandError) -> [(StateKey, TargetLedger)] {
        do throws(StateError) {
            let state = SavedState(directory: directory)
            let known = try state.keys()
            var keys = known.filter { names.isEmpty || names.contains($0.target) }
            // A target whose state is still in a file of the version before.
            keys += names.filter { name in !known.contains { $0.target == name } }.map { StateKey($0) }
            var ledgers: [(StateKey, TargetLedger)] = []
            for key in keys {
                guard let ledger = try state.ledger(of: key) else { throw unknown(key.target, among: known) }
                ledgers.append((key, ledger))
            }
            return ledgers
        } catch {
            throw CommandError(.failure, error.description)
        }
    }

    private func unknown(_ name: String, among known: [StateKey]) -> StateError {
        let near = NearestName.find(name, among: known.map(\.target))
        return StateError(
            "there is no state of target \(QuotedText(name)) in \(directory)"
                + (near.map { "; did you mean \(QuotedText($0))?" }
                    ?? "; list the targets with: mailstore_exporter state list"))
    }

    /// Stores documents; either all of them or none.
    ///
    /// - Parameters:
    ///   - input: Documents, one on each line.
    ///   - names: The targets to store; empty for all.
    ///   - shard: The shard whose targets are stored; `nil` for all.
    ///   - newName: The name to store a single target under.
    ///   - replaces: Whether outcomes that were counted here before may be replaced.
    package func `import`(
        _ input: [UInt8], _ names: [String] = [], of shard: Shard? = nil, as newName: String? = nil, replaces: Bool,
        console: Console
    ) throws(CommandError) {
        let ledgers = try documents(input, names, as: newName).filter { key, _ in
            shard.map { $0.owner(of: key.target) == $0 } ?? true
        }
        try changing { (database) throws(StateError) in
            for (key, _) in ledgers where !replaces {
                guard try database.ledger(of: key) == nil else {
                    throw StateError(
                        "target \(QuotedText(key.target)) has counted outcomes already, and nothing was changed; "
                            + "replace them with --replace")
                }
            }
            try database.saveNow(ledgers)
        }
        console.say("state: stored \(ledgers.count) \(ledgers.count == 1 ? "target" : "targets")")
    }

    private func documents(
        _ input: [UInt8], _ names: [String], as newName: String?
    ) throws(CommandError) -> [(StateKey, TargetLedger)] {
        var ledgers: [(StateKey, TargetLedger)] = []
        for (number, line) in zip(1..., input.split(separator: UInt8(ascii: "\n"))) {
            let document: LedgerDocument
            do throws(LedgerDocument.Unusable) {
                document = try LedgerDocument.read(Data(line))
            } catch {
                throw CommandError(.failure, "document \(number) cannot be used, because \(error); nothing was changed")
            }
            // A file of the version before does not say whose it is.
            guard let target = document.target ?? newName else {
                throw CommandError(
                    .commandLine, "document \(number) does not name its target, as those of old versions; add --as NAME"
                )
            }
            guard names.isEmpty || names.contains(target) else { continue }
            ledgers.append((StateKey(newName ?? target, instance: document.instance ?? ""), document.ledger))
        }
        let keys = ledgers.map(\.0)
        guard !keys.isEmpty else {
            throw CommandError(
                .failure, "found no document to import; pipe the output of mailstore_exporter state export into it")
        }
        guard Set(keys).count == keys.count else {
            throw CommandError(.commandLine, "several documents are of the same target; choose one with --target")
        }
        return ledgers
    }

    /// Removes the outcomes of a target.
    package func remove(_ name: String, console: Console) throws(CommandError) {
        try changing { (database) throws(StateError) in
            let known = try database.keys()
            let keys = known.filter { $0.target == name }
            guard !keys.isEmpty else { throw unknown(name, among: known) }
            try database.remove(keys)
        }
        console.say("state: removed target \(QuotedText(name))")
    }

    /// Changes the database while no exporter runs.
    private func changing(_ body: (StateDatabase) throws(StateError) -> Void) throws(CommandError) {
        do throws(StartupError) {
            let owner = try StateDirectory(directory, logger: logger)
            do throws(StateError) {
                try body(try StateDatabase(in: directory, owner: owner, clock: .system, logger: logger))
            } catch {
                throw StartupError(error.description)
            }
        } catch {
            throw CommandError(.failure, error.description)
        }
    }
}
