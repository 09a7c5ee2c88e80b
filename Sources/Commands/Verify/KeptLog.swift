internal import Glibc
internal import OperatingSystem
import PlainText

/// A file that a log is written to as it comes.
final class KeptLog: Sendable {
    private let path: String
    private let descriptor: Int32
    private let failure = Locked<Int32?>(nil)

    /// Makes the file, or empties the one that is there.
    init(path: String) throws(CommandError) {
        // A log may name mails: it is for its owner.
        descriptor = path.utf8.contains(0) ? -1 : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        self.path = path
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            throw CommandError(
                .failure, "--log: \(QuotedText(path)) cannot be written (\(reason)); name a file in a folder of yours")
        }
    }

    deinit {
        close(descriptor)
    }

    /// Why the file does not hold the whole log; `nil` while it does.
    var problem: String? {
        failure.withLock { $0 }.map { code in
            "the log in \(QuotedText(path)) is not complete: \(String(cString: strerror(code)))"
        }
    }

    /// Writes on; after a failure nothing more, so that the file never has a gap.
    func append(_ text: String) {
        var text = text
        failure.withLock { failure in
            guard failure == nil else { return }
            text.withUTF8 { bytes in
                if !WholeWrite.write(UnsafeRawBufferPointer(bytes), to: descriptor) { failure = errno }
            }
        }
    }
}
