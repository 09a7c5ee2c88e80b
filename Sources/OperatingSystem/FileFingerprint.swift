internal import Glibc

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
