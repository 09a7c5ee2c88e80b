import Foundation

/// A kit that the program has written, in a folder of its own.
struct WrittenKit {
    let folder: TemporaryFolder
    let path: String
    let output: String

    /// - Throws: where the program does not end well.
    init(_ options: [String] = []) async throws {
        folder = try TemporaryFolder()
        path = folder["kit"]
        let program = try Exporter.launch(["kit", path] + options)
        guard try await program.waitForEnd() == .exit(0) else { throw TestFailure("no kit: \(program.errors)") }
        output = program.output
    }

    subscript(file: String) -> String { "\(path)/\(file)" }

    /// The text of one of its files; empty where there is none.
    func text(_ file: String) -> String {
        folder.read("kit/\(file)")
    }

    /// Its files, without the folders, by their paths in it.
    var files: [String] {
        folder.files().filter { $0.hasPrefix("kit/") && !Self.isFolder(folder[$0]) }.map { String($0.dropFirst(4)) }
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// The sources that the tests were built from.
    static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
}
