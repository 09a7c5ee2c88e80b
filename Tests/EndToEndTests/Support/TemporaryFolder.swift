import Foundation
import Glibc
import TestSupport

typealias TemporaryFolder = TestSupport.TemporaryFolder

/// Something that a test needs did not work.
struct TestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A file system of its own without any free space.
final class FullDisk: Sendable {
    let path: String

    /// - Throws: where this machine does not let the tests mount anything.
    init(at path: String) async throws {
        self.path = path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let mount = try RunningProgram("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", path])
        guard try await mount.waitForEnd() == .exit(0) else {
            throw TestFailure("no file system can be mounted: \(mount.errors)")
        }
        // The directory has to be there: files without content still fit.
        try FileManager.default.createDirectory(atPath: path + "/state", withIntermediateDirectories: true)
        fill()
    }

    func fill() {
        let filling = open(path + "/filling", O_WRONLY | O_CREAT, 0o600)
        defer { close(filling) }
        let block = [UInt8](repeating: 0x20, count: 4096)
        while write(filling, block, block.count) > 0 {}
    }

    deinit {
        umount2(path, Int32(MNT_DETACH))
    }

    func makeRoom() throws {
        try FileManager.default.removeItem(atPath: path + "/filling")
    }

    func remove() {
        umount2(path, Int32(MNT_DETACH))
    }

    /// Whether the tests may mount file systems here: where they are not root, they may not.
    static let isPossible = geteuid() == 0
}
