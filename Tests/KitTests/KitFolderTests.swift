import Foundation
import Testing

@testable import Kit

@Suite("Writing a kit")
struct KitFolderTests {
    private let folder: TemporaryFolder
    private let files = [
        KitFile(path: "README.md", text: "read\n"), KitFile(path: "one/a.yml", text: "a: 1\n"),
        KitFile(path: "one/two/b.json", text: ""),
    ]

    init() throws {
        folder = try TemporaryFolder()
    }

    private func changes(_ name: String = "kit", replacing: Bool = false) throws -> [KitFolder.Change] {
        try KitFolder(folder[name]).write(files, replacing: replacing).map(\.change)
    }

    @Test(
        "creates the directories, also those above, and files that everybody can read", arguments: ["kit", "x/y/kit/"])
    func fresh(_ name: String) throws {
        let written = try KitFolder(folder[name]).write(files)
        let root = folder[name.hasSuffix("/") ? String(name.dropLast()) : name]
        #expect(written.map(\.path) == files.map { "\(root)/\($0.path)" })
        #expect(written.map(\.change) == [.written, .written, .written])
        let kit = name.hasSuffix("/") ? String(name.dropLast()) : name
        for file in files {
            #expect(folder.read("\(kit)/\(file.path)") == file.text)
            #expect(try folder.attributes("\(kit)/\(file.path)")[.posixPermissions] as? Int == 0o644)
        }
        // Nothing else, hidden files included.
        let inside = try FileManager.default.subpathsOfDirectory(atPath: folder[kit]).sorted()
        #expect(inside == ["README.md", "one", "one/a.yml", "one/two", "one/two/b.json"])
    }

    @Test("leaves identical files alone, and adds the others")
    func same() throws {
        _ = try changes()
        let before = try folder.attributes("kit/README.md")
        try FileManager.default.removeItem(atPath: folder["kit/one/a.yml"])
        for replacing in [false, true] {
            let expected: [KitFolder.Change] = [.unchanged, replacing ? .unchanged : .written, .unchanged]
            #expect(try changes(replacing: replacing) == expected)
        }
        let after = try folder.attributes("kit/README.md")
        #expect(after[.systemFileNumber] as? Int == before[.systemFileNumber] as? Int)
        #expect(after[.modificationDate] as? Date == before[.modificationDate] as? Date)
    }

    @Test("writes nothing if files differ, and lists them all")
    func conflict() throws {
        try folder.make("kit/one/two")
        try folder.write("mine\n", to: "kit/README.md")
        try folder.write("mine\n", to: "kit/one/two/b.json")
        let before = try folder.contents()
        let error = #expect(throws: KitError.self) { try changes() }
        let text = try #require(error).description
        #expect(text.contains("  \(folder["kit/README.md"])\n  \(folder["kit/one/two/b.json"])\n"))
        #expect(!text.contains("a.yml"))
        #expect(text.contains("--force"))
        #expect(try folder.contents() == before)
        #expect(folder.read("kit/README.md") == "mine\n")
    }

    @Test("keeps the content of replaced files, however often")
    func replacing() throws {
        _ = try changes()
        for (number, name) in ["README.md.old", "README.md.old-2", "README.md.old-3"].enumerated() {
            try folder.write("mine \(number)\n", to: "kit/README.md")
            #expect(
                try changes(replacing: true) == [.replaced(kept: folder["kit/\(name)"]), .unchanged, .unchanged])
            #expect(folder.read("kit/README.md") == "read\n")
        }
        #expect(folder.read("kit/README.md.old") == "mine 0\n")
        #expect(folder.read("kit/README.md.old-2") == "mine 1\n")
        #expect(folder.read("kit/README.md.old-3") == "mine 2\n")
        #expect(try folder.contents().filter { $0.hasPrefix("kit/.") } == [])
    }

    @Test("replaces a link, not its target")
    func link() throws {
        try folder.make("kit")
        try folder.write("elsewhere\n", to: "target")
        try FileManager.default.createSymbolicLink(
            atPath: folder["kit/README.md"], withDestinationPath: folder["target"])
        #expect(throws: KitError.self) { try changes() }
        _ = try changes(replacing: true)
        #expect(folder.read("target") == "elsewhere\n")
        #expect(folder.read("kit/README.md") == "read\n")
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: folder["kit/README.md.old"]) == folder["target"])
    }

    @Test("treats a broken link as a file that differs")
    func danglingLink() throws {
        try folder.make("kit")
        try FileManager.default.createSymbolicLink(atPath: folder["kit/README.md"], withDestinationPath: "nowhere")
        #expect(throws: KitError.self) { try changes() }
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder["kit/README.md"]) == "nowhere")
    }

    @Test(
        "lists paths that are in use, and does not replace them even with --force",
        arguments: [
            ("kit", "is a file, but a directory is needed"),
            ("kit/one", "is a file, but a directory is needed"),
            ("kit/README.md/", "is a directory, but a file is needed"),
        ])
    func obstacles(name: String, says: String) throws {
        let isFolder = name.hasSuffix("/")
        let path = isFolder ? String(name.dropLast()) : name
        if isFolder || path.contains("/") { try folder.make(isFolder ? path : "kit") }
        if !isFolder { try folder.write("", to: path) }
        let before = try folder.contents()
        for replacing in [false, true] {
            let error = #expect(throws: KitError.self) { try changes(replacing: replacing) }
            #expect(error?.description.contains("  \(folder[path]): \(says)\n") == true)
            #expect(try folder.contents() == before)
        }
    }

    @Test(
        "reports all broken links above the files, and follows links to directories",
        arguments: [("nowhere", "No such file or directory"), ("one", "Too many levels of symbolic links")])
    func linksOnTheWay(target: String, reason: String) throws {
        try folder.make("kit")
        // A link to itself.
        for name in ["one", "other"] {
            try FileManager.default.createSymbolicLink(
                atPath: folder["kit/\(name)"], withDestinationPath: target == "one" ? name : target)
        }
        let before = try folder.contents()
        for replacing in [false, true] {
            let error = #expect(throws: KitError.self) {
                _ = try KitFolder(folder["kit"]).write(
                    files + [KitFile(path: "other/c.yml", text: "")], replacing: replacing)
            }
            for name in ["one", "other"] {
                let line = "  \(folder["kit/\(name)"]): is a broken link (\(reason)), but a directory is needed"
                #expect(error?.description.contains(line) == true)
            }
            #expect(try folder.contents() == before)
        }
        try FileManager.default.removeItem(atPath: folder["kit/one"])
        try folder.make("elsewhere")
        try FileManager.default.createSymbolicLink(
            atPath: folder["kit/one"], withDestinationPath: folder["elsewhere"])
        #expect(try changes() == [.written, .written, .written])
        #expect(folder.read("elsewhere/a.yml") == "a: 1\n")
    }

    @Test("undoes everything if one file cannot be written", arguments: [false, true])
    func undone(exists: Bool) throws {
        if exists { _ = try changes() }
        try folder.write("kept", to: "other")
        let before = try folder.contents()
        // The last one has a name that is too long for any file system.
        let impossible = KitFile(path: "new/" + String(repeating: "n", count: 300), text: "")
        let error = #expect(throws: KitError.self) {
            _ = try KitFolder(folder["kit"]).write(
                [KitFile(path: "README.md", text: "new\n"), KitFile(path: "new/c", text: ""), impossible],
                replacing: true)
        }
        #expect(error?.description.contains("cannot be written") == true)
        #expect(try folder.contents() == before)
        #expect(folder.read("kit/README.md") == (exists ? "read\n" : nil))
    }

    @Test("fails if no directory can be created")
    func noDirectory() {
        let error = #expect(throws: KitError.self) { _ = try KitFolder("/proc/kit").write(files) }
        #expect(error?.description.contains("/proc/kit cannot be created") == true)
    }
}

@Suite("A transaction")
struct TransactionTests {
    @Test("restores everything if the last file cannot be renamed")
    func undone() throws {
        let folder = try TemporaryFolder()
        try folder.write("old\n", to: "a")
        let transaction = Transaction()
        for name in ["a", "b", "c"] { try transaction.stage("new\n", for: folder[name]) }
        // An obstacle that appeared after the inspection.
        try folder.make("c/inside")
        #expect(throws: KitError.self) { try transaction.commit() }
        transaction.undo()
        #expect(try folder.contents() == ["a", "c", "c/inside"])
        #expect(folder.read("a") == "old\n")
    }

    @Test("leaves no second name behind if a file cannot be renamed")
    func secondName() throws {
        let folder = try TemporaryFolder()
        try folder.write("old\n", to: "a")
        let transaction = Transaction()
        try transaction.stage("new\n", for: folder["a"])
        let temporary = try #require(try folder.contents().first { $0.hasPrefix(".") })
        try FileManager.default.removeItem(atPath: folder[temporary])
        #expect(throws: KitError.self) { try transaction.commit() }
        transaction.undo()
        #expect(try folder.contents() == ["a"])
        #expect(folder.read("a") == "old\n")
    }

    @Test("shows no file before all are written")
    func staged() throws {
        let folder = try TemporaryFolder()
        try folder.write("old\n", to: "a")
        let transaction = Transaction()
        try transaction.stage("new\n", for: folder["a"])
        try transaction.stage("new\n", for: folder["b"])
        #expect(try folder.contents().filter { !$0.hasPrefix(".") } == ["a"])
        #expect(folder.read("a") == "old\n")
        let kept = try transaction.commit()
        #expect(kept == [folder["a"]: folder["a.old"]])
        #expect(try folder.contents() == ["a", "a.old", "b"])
        #expect([folder.read("a"), folder.read("a.old"), folder.read("b")] == ["new\n", "old\n", "new\n"])
    }
}

/// A new folder for one test, which removes itself at the end.
final class TemporaryFolder {
    let path = NSTemporaryDirectory() + "mailstore_exporter-kit-tests-" + UUID().uuidString

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    subscript(name: String) -> String { path + "/" + name }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: self[name]))
    }

    /// The text of a file; nil if it does not exist.
    func read(_ name: String) -> String? {
        (try? Data(contentsOf: URL(fileURLWithPath: self[name]))).map { String(decoding: $0, as: UTF8.self) }
    }

    func make(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: self[name], withIntermediateDirectories: true)
    }

    /// All paths in the folder, including folders and hidden files.
    func contents() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
    }

    func attributes(_ name: String) throws -> [FileAttributeKey: Any] {
        try FileManager.default.attributesOfItem(atPath: self[name])
    }
}
