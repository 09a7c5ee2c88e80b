import Foundation
internal import Glibc
import OperatingSystem

/// The file in which versions before the state database kept the ledger of one target: read once, and then kept aside.
struct LedgerFile: Sendable {
    /// A ledger of a target with very many runs.
    private static let longest = 1 << 31

    let path: String

    init(directory: String, target: String) {
        path = directory + "/" + target + ".ledger.json"
    }

    /// The result of loading the file.
    enum Loaded: Sendable {
        case nothing
        case ledger(TargetLedger)
        /// The file cannot be used and has this new name; counting starts again.
        case putAside(reason: String, path: String)
    }

    /// Reads the ledger; a file that cannot be used is renamed.
    ///
    /// - Throws: ``StateError`` if there is a file that can neither be read nor renamed.
    func load(now: Timestamp) throws(StateError) -> Loaded {
        guard let bytes = try read() else { return .nothing }
        do throws(LedgerDocument.Unusable) {
            return .ledger(try LedgerDocument.read(bytes).ledger)
        } catch {
            let suffix = if case .newer(let version) = error { "version-\(version)" } else { "corrupt" }
            guard let aside = rename(suffix, now: now) else {
                throw StateError(
                    "the state file \(path) cannot be used, because \(error), and cannot be renamed: move it away by hand"
                )
            }
            return .putAside(reason: "\(error)", path: aside)
        }
    }

    /// Reads the ledger without changing anything on the disk.
    ///
    /// - Returns: `nil` if there is no file.
    /// - Throws: ``StateError`` if there is a file that cannot be read or understood.
    func look() throws(StateError) -> TargetLedger? {
        guard let bytes = try read() else { return nil }
        do throws(LedgerDocument.Unusable) {
            return try LedgerDocument.read(bytes).ledger
        } catch {
            let remedy =
                if case .newer = error {
                    "use that version"
                } else {
                    "start the exporter, which renames it and starts counting again, and try again"
                }
            throw StateError("the state file \(path) cannot be used, because \(error): \(remedy)")
        }
    }

    /// Whether there is a file.
    var exists: Bool { access(path, F_OK) == 0 }

    /// Renames the file, so that it is never read again.
    ///
    /// - Returns: The new path; `nil` if the file cannot be renamed.
    func rename(_ suffix: String, now: Timestamp) -> String? {
        let aside = "\(path).\(suffix)-\(Int64(now.secondsSince1970))"
        guard access(aside, F_OK) != 0, Glibc.rename(path, aside) == 0 else { return nil }
        return aside
    }

    private func read() throws(StateError) -> Data? {
        do throws(SmallFileError) {
            return Data(try SmallFile.read(path, limit: Self.longest))
        } catch {
            if error == .isMissing { return nil }
            throw StateError(
                "the state file cannot be read: \(error.explanation(path: path)); or move it away to start counting again"
            )
        }
    }
}
