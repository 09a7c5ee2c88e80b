import Foundation
internal import Glibc
import MailStoreAPI
package import OperatingSystem

/// The file in which a target's ledger survives restarts.
///
/// A new state is written to a temporary file, flushed to the disk and renamed over the old one, so that a reader finds
/// the old state or the new one, never a partial file. An unreadable file is never overwritten but renamed. A checksum
/// at the beginning shows damage that is still valid JSON; files of older versions have none.
package struct LedgerFile: Sendable {
    /// The version of the format that this program writes and reads.
    static let version = 1
    /// What stands before the checksum of a file, and what begins a file of a version without checksums.
    private static let beginnings = (checked: #"{"checksum":""#, unchecked: [#"{"ledger":"#, #"{"version":"#])

    package let path: String
    private let directory: StateDirectory?

    /// - Parameter state: Restores the directory if somebody removes it while the program runs.
    package init(directory: String, target: String, in state: StateDirectory? = nil) {
        path = directory + "/" + target + ".ledger.json"
        self.directory = state
    }

    /// The result of loading the file at the start.
    package enum Loaded: Sendable {
        /// There is no file: counting starts now.
        case nothing
        case ledger(TargetLedger)
        /// The file cannot be used and has this new name; counting starts again.
        case putAside(reason: String, path: String)
    }

    private struct Document: Codable {
        var version: Int
        var ledger: TargetLedger
    }

    private struct Version: Decodable {
        var version: Int
    }

    /// Reads the ledger; a file that cannot be used is renamed.
    ///
    /// - Throws: ``LedgerFileError`` if there is a file that can neither be read nor renamed, since it must not be
    ///   overwritten.
    package func load(now: Timestamp) throws(LedgerFileError) -> Loaded {
        guard let bytes = try read() else { return .nothing }
        switch decode(bytes) {
        case .success(let ledger): return .ledger(ledger)
        case .failure(.newer(let version)):
            return try putAside(
                "it was written by a newer version of the exporter (format \(version); this one knows \(Self.version))",
                suffix: "version-\(version)", now: now)
        case .failure(.damaged(let reason)):
            return try putAside("it is damaged (\(reason))", suffix: "corrupt", now: now)
        }
    }

    /// Reads the ledger without changing anything on the disk, beside an exporter that may be running.
    ///
    /// - Returns: `nil` if there is no ledger yet.
    /// - Throws: ``LedgerFileError`` if there is a file that cannot be read or understood.
    package func look() throws(LedgerFileError) -> TargetLedger? {
        guard let bytes = try read() else { return nil }
        switch decode(bytes) {
        case .success(let ledger): return ledger
        case .failure(.newer(let version)):
            throw LedgerFileError(
                "the state file \(path) was written by a newer version of the exporter (format \(version); this one "
                    + "knows \(Self.version)): use that version")
        case .failure(.damaged(let reason)):
            throw LedgerFileError(
                "the state file \(path) is damaged (\(reason)): start the exporter, which renames it and starts "
                    + "counting again, and try again")
        }
    }

    private enum Unusable: Error {
        case newer(Int)
        case damaged(String)
    }

    private func decode(_ bytes: Data) -> Result<TargetLedger, Unusable> {
        do {
            let version = try JSONDecoder().decode(Version.self, from: bytes).version
            guard version <= Self.version else { return .failure(.newer(version)) }
            let ledger = try JSONDecoder().decode(Document.self, from: bytes).ledger
            guard Self.isIntact(bytes) else { return .failure(.damaged("its checksum does not match its content")) }
            guard ledger.isPlausible else { return .failure(.damaged("a number in it is impossible")) }
            return .success(ledger)
        } catch {
            return .failure(.damaged(Self.description(of: error)))
        }
    }

    /// Whether the checksum, if there is one, is that of everything after it.
    private static func isIntact(_ bytes: Data) -> Bool {
        guard bytes.starts(with: beginnings.checked.utf8) else {
            return beginnings.unchecked.contains { bytes.starts(with: $0.utf8) }
        }
        let rest = bytes.dropFirst(beginnings.checked.utf8.count)
        return rest.prefix(16).elementsEqual(checksum(of: rest.dropFirst(16)).utf8)
    }

    private static func checksum(of bytes: Data) -> String {
        bytes.withUnsafeBytes { Fingerprint($0).text }
    }

    /// The bytes of the file; `nil` if there is none.
    private func read() throws(LedgerFileError) -> Data? {
        // Opening a pipe to which nobody writes would otherwise wait for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw unreadable()
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unreadable() }
        guard [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) else {
            throw LedgerFileError(
                "the state file \(path) is a pipe, a socket or a device, not a file: move it away, so that the exporter "
                    + "can write its state there")
        }
        var bytes = Data()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable() }
            guard count > 0 else { return bytes }
            bytes.append(contentsOf: buffer[..<count])
        }
    }

    private func unreadable() -> LedgerFileError {
        LedgerFileError(
            "the state file \(path) cannot be read (\(String(cString: strerror(errno)))): let the exporter's user read "
                + "and write it, or move it away to start counting again")
    }

    private func putAside(_ reason: String, suffix: String, now: Timestamp) throws(LedgerFileError) -> Loaded {
        let aside = "\(path).\(suffix)-\(Int64(now.secondsSince1970))"
        guard access(aside, F_OK) != 0, rename(path, aside) == 0 else {
            throw LedgerFileError(
                "the state file \(path) cannot be used, because \(reason), and cannot be renamed to \(aside): move it "
                    + "away by hand")
        }
        return .putAside(reason: reason, path: aside)
    }

    /// Writes the ledger so that it survives a crash of the machine.
    ///
    /// - Throws: ``LedgerFileError``; the old file is then still intact.
    package func save(_ ledger: TargetLedger) throws(LedgerFileError) {
        let bytes: Data
        do {
            bytes = try Self.encode(ledger)
        } catch {
            throw LedgerFileError("the state of \(path) cannot be written as JSON (\(error)): please report this")
        }
        directory?.restoreIfMissing()
        let temporary = path + ".new"
        do throws(LedgerFileError) {
            try write(bytes, to: temporary)
            guard rename(temporary, path) == 0 else { throw LedgerFileError.system("renamed over \(path)", temporary) }
        } catch {
            unlink(temporary)
            throw error
        }
        flushDirectory()
    }

    private static func encode(_ ledger: TargetLedger) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let document = try encoder.encode(Document(version: version, ledger: ledger))
        // After the checksum and its closing quote, the document continues behind its brace.
        let rest = Data(#"","#.utf8) + document.dropFirst()
        return Data((beginnings.checked + checksum(of: rest)).utf8) + rest
    }

    private func write(_ bytes: Data, to path: String) throws(LedgerFileError) {
        // Opening a pipe from which nobody reads would otherwise wait for ever.
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0o600)
        guard descriptor >= 0 else { throw LedgerFileError.system("opened for writing", path) }
        defer { close(descriptor) }
        let failure: LedgerFileError? = bytes.withUnsafeBytes { buffer in
            Descriptors.write(buffer, to: descriptor) ? nil : LedgerFileError.system("written", path)
        }
        if let failure { throw failure }
        guard fsync(descriptor) == 0 else { throw LedgerFileError.system("flushed to the disk", path) }
    }

    /// Makes the rename itself durable.
    private func flushDirectory() {
        let directory = open((path as NSString).deletingLastPathComponent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return }
        fsync(directory)
        close(directory)
    }

    private static func description(of error: any Error) -> String {
        guard let error = error as? DecodingError else { return "not readable as JSON" }
        switch error {
        case .dataCorrupted: return "not readable as JSON"
        case .keyNotFound(let key, _): return "\(key.stringValue) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return context.codingPath.map(\.stringValue).joined(separator: ".") + " has the wrong type"
        @unknown default: return "not readable as JSON"
        }
    }
}

/// Why a state file could not be read or written.
package struct LedgerFileError: Error, CustomStringConvertible {
    package var description: String

    package init(_ description: String) {
        self.description = description
    }

    /// A failed system call; `errno` decides the remedy.
    package static func system(_ what: String, _ path: String) -> LedgerFileError {
        let code = errno
        let remedy =
            switch code {
            case ENOSPC, EDQUOT: "free space on that file system; counting continues in memory"
            case EACCES, EPERM, EROFS: "let the exporter's user write to the state directory"
            case ENOENT: "create the state directory, or name another with --state.directory"
            default: "check the state directory"
            }
        return LedgerFileError("\(path) cannot be \(what): \(String(cString: strerror(code))); \(remedy)")
    }
}
