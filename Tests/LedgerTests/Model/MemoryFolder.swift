import Foundation
import TestSupport

/// A folder that is gone at the end of its test, in memory where the machine has a file system there.
///
/// Each state is flushed to the disk, which the property tests would wait for most of their time.
final class MemoryFolder: Sendable {
    let path: String

    init() throws {
        let memory = "/dev/shm"
        let parent = access(memory, W_OK) == 0 ? memory : FileManager.default.temporaryDirectory.path
        path = parent + "/mailstore-exporter-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
