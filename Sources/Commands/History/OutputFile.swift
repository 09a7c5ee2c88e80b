import Glibc
import OperatingSystem
import PlainText

/// A file that is written under a temporary name and renamed when it is complete.
final class OutputFile {
    private let path: OutputPath
    private let temporary: String
    private let descriptor: Int32
    private var isFinished = false

    init(at path: OutputPath) throws(CommandError) {
        self.path = path
        // mkstemp picks an unpredictable name and creates the file exclusively, so no other user can place a link
        // there.
        var template = Array("\(path.directory)/.\(path.name).XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw OutputPath.failure(path.description) }
        temporary = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }

    deinit {
        close(descriptor)
        if !isFinished { unlink(temporary) }
    }

    func write(_ bytes: [UInt8]) throws(CommandError) {
        let isWritten = bytes.withUnsafeBytes { Descriptors.write($0, to: descriptor) }
        guard isWritten else { throw OutputPath.failure(path.description) }
    }

    /// Renames the file to its final name, with the permissions that the user's umask allows.
    func finish() throws(CommandError) {
        // The umask can only be read by setting another: one that grants nothing in the meantime.
        let mask = umask(0o077)
        umask(mask)
        guard fchmod(descriptor, 0o666 & ~mask) == 0, fsync(descriptor) == 0 || errno == EINVAL,
            rename(temporary, path.description) == 0
        else { throw OutputPath.failure(path.description) }
        isFinished = true
    }
}

/// The file of `--output`, with every symbolic link resolved.
///
/// The rename replaces an existing file. It must be a regular file to which neither standard output nor standard error
/// is redirected, because a device, a pipe or a link would be lost.
struct OutputPath: Equatable, CustomStringConvertible {
    let directory: String
    let name: String

    var description: String { directory == "/" ? directory + name : directory + "/" + name }

    /// - Throws: ``CommandError`` if no file can be created there.
    init(_ output: String) throws(CommandError) {
        var status = stat()
        if stat(output, &status) == 0 {
            try Self.check(status, output)
            self.init(parts: try Self.resolve(output, as: output))
        } else {
            let code = errno
            guard lstat(output, &status) != 0 else { throw Self.refusal(output, "is a symbolic link to nothing") }
            let parts = Self.parts(of: output)
            guard code == ENOENT, !parts.name.isEmpty else { throw Self.failure(output, code) }
            let directory = try Self.resolve(parts.directory, as: output)
            self.init(parts: (directory.hasSuffix("/") ? directory : directory + "/") + parts.name)
        }
        guard access(directory, W_OK) == 0 else { throw Self.failure(output) }
    }

    private init(parts path: String) {
        (directory, name) = Self.parts(of: path)
    }

    private static func check(_ status: stat, _ output: String) throws(CommandError) {
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw refusal(output, "is a directory")
        default: throw refusal(output, "is not a regular file but a device, a pipe or a socket")
        }
        for (descriptor, name) in [(STDOUT_FILENO, "output"), (STDERR_FILENO, "error")] {
            var open = stat()
            if fstat(descriptor, &open) == 0, open.st_dev == status.st_dev, open.st_ino == status.st_ino {
                throw refusal(output, "is the file that standard \(name) is redirected to")
            }
        }
    }

    private static func resolve(_ path: String, as output: String) throws(CommandError) -> String {
        guard let resolved = realpath(path, nil) else { throw failure(output) }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func parts(of path: String) -> (directory: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let directory = slash == path.startIndex ? "/" : String(path[..<slash])
        return (directory, String(path[path.index(after: slash)...]))
    }

    private static func refusal(_ output: String, _ what: String) -> CommandError {
        CommandError(
            .failure, "--output: \(QuotedText(output)) \(what); leave --output out to print, or name another file")
    }

    /// - Parameter code: The `errno` of the failed call.
    static func failure(_ output: String, _ code: Int32 = errno) -> CommandError {
        CommandError(
            .failure,
            "--output: cannot write \(QuotedText(output)) (\(String(cString: strerror(code)))); name a file in a "
                + "directory that you can write to, with enough free space")
    }
}
