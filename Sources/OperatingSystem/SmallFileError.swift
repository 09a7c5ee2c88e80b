internal import Glibc
import PlainText

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

    /// What is wrong with the file and what to do, for people.
    ///
    /// - Parameters:
    ///   - path: The file, as it was asked for.
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
