import Foundation
import Glibc

/// A folder of its own for one test, removed with everything in it at the end.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "mailstore_exporter-tests-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    subscript(name: String) -> String { path + "/" + name }

    /// Writes a file that only its owner can read, and returns its path.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: self[name]))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: self[name])
        return self[name]
    }

    /// The text of a file; empty where there is none.
    func read(_ name: String) -> String {
        Self.text(of: self[name])
    }

    /// All files below the folder, by their paths relative to it.
    func files() -> [String] {
        let found = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return found.sorted()
    }

    static func text(of path: String) -> String {
        String(decoding: (try? Data(contentsOf: URL(fileURLWithPath: path))) ?? Data(), as: UTF8.self)
    }
}

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
