import Glibc
import OperatingSystem
import PlainText

/// The file that is written beside its place and moved there when it is whole.
final class HistoryFile {
    private let place: HistoryPlace
    private let temporary: String
    private let descriptor: Int32
    private var isFinished = false

    init(at place: HistoryPlace) throws(CommandError) {
        self.place = place
        // A name that nobody can know before, in a file that nobody else has made.
        var template = Array("\(place.folder)/.\(place.name).XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw HistoryPlace.failure(place.path) }
        temporary = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }

    deinit {
        close(descriptor)
        if !isFinished { unlink(temporary) }
    }

    func write(_ bytes: [UInt8]) throws(CommandError) {
        let isWritten = bytes.withUnsafeBytes { WholeWrite.write($0, to: descriptor) }
        guard isWritten else { throw HistoryPlace.failure(place.path) }
    }

    /// Moves the file to its place, readable by whom the user's mask lets read.
    func finish() throws(CommandError) {
        // The mask can only be asked for by setting another: one that gives nobody more meanwhile.
        let mask = umask(0o077)
        umask(mask)
        guard fchmod(descriptor, 0o666 & ~mask) == 0, fsync(descriptor) == 0 || errno == EINVAL,
            rename(temporary, place.path) == 0
        else { throw HistoryPlace.failure(place.path) }
        isFinished = true
    }
}

/// Where the file of `--output` goes: a file in a folder, with every link followed.
///
/// What is written there takes the place of what stands there, so that must be a file, and one that nobody else writes
/// to: a device, a pipe or a link would be gone.
struct HistoryPlace: Equatable {
    let folder: String
    let name: String

    var path: String { folder == "/" ? folder + name : folder + "/" + name }

    /// - Throws: ``CommandError`` where no file can be put there.
    init(_ output: String) throws(CommandError) {
        var status = stat()
        if stat(output, &status) == 0 {
            try Self.check(status, output)
            self.init(parts: try Self.resolve(output, as: output))
        } else {
            let code = errno
            guard lstat(output, &status) != 0 else { throw Self.refusal(output, "is a link that points nowhere") }
            let parts = Self.parts(of: output)
            guard code == ENOENT, !parts.name.isEmpty else { throw Self.failure(output, code) }
            let folder = try Self.resolve(parts.folder, as: output)
            self.init(parts: (folder.hasSuffix("/") ? folder : folder + "/") + parts.name)
        }
        guard access(folder, W_OK) == 0 else { throw Self.failure(output) }
    }

    private init(parts path: String) {
        (folder, name) = Self.parts(of: path)
    }

    private static func check(_ status: stat, _ output: String) throws(CommandError) {
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw refusal(output, "is a directory")
        default: throw refusal(output, "is no file but a device, a pipe or a socket")
        }
        for (descriptor, name) in [(STDOUT_FILENO, "output"), (STDERR_FILENO, "error")] {
            var open = stat()
            if fstat(descriptor, &open) == 0, open.st_dev == status.st_dev, open.st_ino == status.st_ino {
                throw refusal(output, "is where the standard \(name) goes")
            }
        }
    }

    private static func resolve(_ path: String, as output: String) throws(CommandError) -> String {
        guard let resolved = realpath(path, nil) else { throw failure(output) }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func parts(of path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let folder = slash == path.startIndex ? "/" : String(path[..<slash])
        return (folder, String(path[path.index(after: slash)...]))
    }

    private static func refusal(_ output: String, _ what: String) -> CommandError {
        CommandError(
            .failure, "--output: \(QuotedText(output)) \(what); leave --output out to print, or name another file")
    }

    /// - Parameter code: The `errno` of what failed.
    static func failure(_ output: String, _ code: Int32 = errno) -> CommandError {
        CommandError(
            .failure,
            "--output: \(QuotedText(output)) cannot be written (\(String(cString: strerror(code)))); name a file in a "
                + "folder of yours with room for it")
    }
}
