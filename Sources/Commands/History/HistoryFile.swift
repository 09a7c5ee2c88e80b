internal import Glibc
import OperatingSystem

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
