import Foundation
import Ledger
import OperatingSystem

/// The files that contain the complete logs of verifications, in one folder for each store.
struct VerificationLogArchive: Sendable {
    private(set) var directory: String
    /// How many logs of a store are kept, at least 1.
    let limit: Int

    init(stateDirectory: String, target: String, limit: Int) {
        directory = "\(stateDirectory)/\(target).verifications"
        self.limit = limit
    }

    /// The logs of one instance.
    func on(instance: String) -> VerificationLogArchive {
        var archive = self
        archive.directory += "/" + Self.fileName(instance)
        return archive
    }

    /// Removes old logs and returns the path for a new one.
    ///
    /// - Throws: ``StateError`` with the remedy.
    func begin(stores: [String], start: Timestamp, token: String) throws(StateError) -> String {
        let store = stores.count == 1 ? stores[0] : "all"
        let folder = directory + "/" + Self.fileName(store)
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw StateError(
                "the folder \(folder) for logs of verifications cannot be created: let the exporter's user write to the "
                    + "state directory")
        }
        prune(folder)
        let instant = start.description.filter { $0 != ":" && $0 != "-" }
        return "\(folder)/\(instant)-\(Self.fileName(String(token.prefix(8)))).log"
    }

    /// Removes the oldest logs to make space for a new one within the limit.
    private func prune(_ folder: String) {
        let logs = (try? FileManager.default.contentsOfDirectory(atPath: folder))?.filter { $0.hasSuffix(".log") } ?? []
        for name in logs.sorted().dropLast(limit - 1) {
            try? FileManager.default.removeItem(atPath: folder + "/" + name)
        }
    }

    /// An id as a safe file name: it comes from the server and may contain any characters.
    private static func fileName(_ id: String) -> String {
        var name = ""
        for byte in id.utf8.prefix(64) {
            let character = Character(UnicodeScalar(byte))
            let isPlain = character.isASCII && (character.isLetter || character.isNumber || character == "-")
            name += isPlain ? String(character) : "_" + String(byte, radix: 16)
        }
        return name.isEmpty ? "_" : name
    }
}

/// A log that is being written.
///
/// After a crash between writing the log and saving the state, the file ends with text that the server will send again.
/// This text is cut off when the log is reopened.
final class VerificationLogFile: Sendable {
    private let descriptor: Int32
    private let length: Locked<Int64>

    var size: Int64 { length.withLock { $0 } }

    /// Opens or creates the file; the first `size` bytes are kept.
    init(path: String, size: Int64) throws(StateError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StateError.system("opened for writing", path) }
        let actual = Int64(lseek(descriptor, 0, SEEK_END))
        let kept = min(size, max(0, actual))
        length = Locked(kept)
        let isCut = actual <= kept || ftruncate(descriptor, off_t(kept)) == 0
        guard isCut, lseek(descriptor, off_t(kept), SEEK_SET) >= 0 else {
            throw StateError.system("cut to what is known", path)
        }
    }

    deinit {
        close(descriptor)
    }

    func append(_ text: String) throws(StateError) {
        let isWritten = Array(text.utf8).withUnsafeBytes { Descriptors.write($0, to: descriptor) }
        guard isWritten else { throw StateError.system("written", "the log") }
        length.withLock { $0 += Int64(text.utf8.count) }
    }
}
