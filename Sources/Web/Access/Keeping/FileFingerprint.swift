internal import Glibc

/// What tells a changed file from the same one without reading it; missing files are alike.
struct FileFingerprint: Sendable, Equatable {
    /// Device, number, size, and the times of the last change to contents and inode, in nanoseconds.
    private let numbers: [Int64]

    init(_ path: String) {
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
