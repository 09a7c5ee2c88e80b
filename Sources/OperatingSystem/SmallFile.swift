internal import Glibc

/// Reads a small file as a whole and says exactly why it could not.
package enum SmallFile {
    /// The bytes of a regular file of at most `limit` bytes.
    ///
    /// Anything but a regular file is refused, since opening a named pipe without a writer would wait for ever.
    package static func read(_ path: String, limit: Int) throws(SmallFileError) -> [UInt8] {
        guard !path.utf8.contains(0) else { throw .failed(ENOENT) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw SmallFileError(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SmallFileError(errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw .isDirectory
        default: throw .isNotRegular
        }
        // The size that stat tells is not trusted: the file may grow while it is read.
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: min(limit + 1, 65536))
        while bytes.count <= limit {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SmallFileError(errno) }
            bytes += buffer[..<count]
        }
        throw .isTooLarge(limit: limit)
    }

    /// Whether every user of the machine may read the file; `false` where that cannot be found out.
    package static func isWorldReadable(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IROTH != 0
    }
}
