import Foundation

/// A folder for one test, removed with everything in it at the end.
package final class TemporaryFolder: Sendable {
    package let path: String

    /// - Parameter inMemory: Whether to use a file system in memory, where the machine has one: for tests that save so
    ///   often that they would spend most of their time waiting for the disk.
    package init(inMemory: Bool = false) throws {
        let memory = "/dev/shm"
        let usesMemory = inMemory && access(memory, W_OK) == 0
        let parent = usesMemory ? memory : FileManager.default.temporaryDirectory.path
        // Short, so that messages which quote a path in it are not cut.
        path = parent + "/" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    package subscript(name: String) -> String { path + "/" + name }

    /// Writes a file and returns its path.
    @discardableResult
    package func write(_ bytes: [UInt8], to name: String, mode: Int = 0o600) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: self[name]))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: self[name])
        return self[name]
    }

    @discardableResult
    package func write(_ text: String, to name: String, mode: Int = 0o600) throws -> String {
        try write(Array(text.utf8), to: name, mode: mode)
    }

    /// The text of a file; empty if there is none.
    package func read(_ name: String) -> String {
        Self.text(of: self[name])
    }

    /// All files below the folder, by their paths relative to it.
    package func files() -> [String] {
        let found = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return found.sorted()
    }

    package static func text(of path: String) -> String {
        String(decoding: (try? Data(contentsOf: URL(fileURLWithPath: path))) ?? Data(), as: UTF8.self)
    }
}
