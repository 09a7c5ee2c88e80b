internal import Glibc
import PlainText

/// Reads small files completely, and explains exactly why one cannot be read.
package enum SmallFile {
    /// The bytes of a regular file of at most `limit` bytes.
    ///
    /// Only regular files are accepted, because a read from a named pipe without a writer would never end.
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
        // The size from fstat is not used, because the file may grow while it is read.
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

    /// Whether every user of the machine may read the file; `false` if that is unknown.
    package static func isWorldReadable(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IROTH != 0
    }
}

/// Shows whether a file has changed, without reading it; equal for all missing files.
///
/// Links are followed, so a link that is moved to another file is a change.
package struct FileFingerprint: Sendable, Equatable {
    /// Device, inode, size, and the times of the last change to contents and inode.
    private let numbers: [Int64]

    package init(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            numbers = []
            return
        }
        let times = [status.st_mtim, status.st_ctim].flatMap { [Int64($0.tv_sec), Int64($0.tv_nsec)] }
        numbers =
            [Int64(truncatingIfNeeded: status.st_dev), Int64(truncatingIfNeeded: status.st_ino)]
            + [Int64(status.st_size)] + times
    }
}

/// Why a file could not be read.
package enum SmallFileError: Error, Equatable {
    case isMissing
    case isDirectory
    case isNotRegular
    case isDenied
    case isTooLarge(limit: Int)
    case failed(Int32)

    package init(_ code: Int32) {
        switch code {
        case ENOENT, ENOTDIR: self = .isMissing
        case EACCES, EPERM: self = .isDenied
        case EISDIR: self = .isDirectory
        case ENXIO: self = .isNotRegular
        default: self = .failed(code)
        }
    }

    /// Whether the reason may pass without a change of the file, such as a lack of descriptors.
    package var isTemporary: Bool {
        switch self {
        case .isMissing, .isDenied, .failed: true
        case .isDirectory, .isNotRegular, .isTooLarge: false
        }
    }

    /// The problem with the file and the remedy, for people.
    ///
    /// - Parameters:
    ///   - path: The file as given.
    ///   - user: The user who was refused.
    package func explanation(path: String, user: FileUser = .current) -> String {
        let file = QuotedText(path)
        switch self {
        case .isMissing:
            return "there is no file \(file); check the path, or create the file"
        case .isDirectory:
            return "\(file) is a directory; name a file in it"
        case .isNotRegular:
            return "\(file) is not a regular file; it is read again later, so a pipe or a device cannot be used"
        case .isDenied:
            return """
                \(user) may not read \(file); give the file to that user (chown \(user.name) ...; chmod 600 ...), \
                or let its group read it (chmod 640 ...), and let it enter the folders above
                """
        case .isTooLarge(let limit):
            return "\(file) is larger than \(ByteSize(bytes: limit)); it is probably not the file you meant"
        case .failed(let code):
            return "\(file) cannot be read: \(String(cString: strerror(code)))"
        }
    }
}

/// A user of the machine, for messages about the permissions of a file.
package struct FileUser: CustomStringConvertible {
    /// The login name, or the numeric id if there is no name.
    let name: String
    let id: UInt32

    package var description: String { "user \(name) (uid \(id))" }

    /// The user whose permissions apply when this program opens a file.
    package static var current: FileUser {
        let id = geteuid()
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16384)
        // The name points into the buffer, so it is copied while the buffer exists.
        let name = buffer.withUnsafeMutableBufferPointer { space -> String? in
            guard let start = space.baseAddress, getpwuid_r(id, &entry, start, space.count, &found) == 0, found != nil
            else { return nil }
            return entry.pw_name.map { String(cString: $0) }
        }
        return FileUser(name: name ?? String(id), id: id)
    }
}
