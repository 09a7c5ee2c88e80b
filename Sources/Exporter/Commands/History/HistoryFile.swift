internal import Glibc

/// The file that is written beside its name and renamed when it is whole.
final class HistoryFile {
    private let path: String
    private let temporary: String
    private let descriptor: Int32
    private var isFinished = false

    init(path: String) throws(CommandError) {
        self.path = path
        temporary = path + ".new"
        descriptor =
            path.utf8.contains(0) || path.isEmpty
            ? -1 : open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Self.failure(path) }
    }

    deinit {
        close(descriptor)
        if !isFinished { unlink(temporary) }
    }

    func write(_ bytes: [UInt8]) throws(CommandError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure(path) }
            rest = rest.dropFirst(count)
        }
    }

    /// Gives the file its name.
    func finish() throws(CommandError) {
        guard fsync(descriptor) == 0 || errno == EINVAL, rename(temporary, path) == 0 else { throw Self.failure(path) }
        isFinished = true
    }

    private static func failure(_ path: String) -> CommandError {
        let reason = String(cString: strerror(errno))
        return CommandError(
            .failure,
            "--output: \(QuotedText(path)) cannot be written (\(reason)); name a file in a folder of yours with room for it"
        )
    }
}
