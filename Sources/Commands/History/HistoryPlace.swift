internal import Glibc
import PlainText

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
