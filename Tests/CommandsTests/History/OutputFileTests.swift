import Foundation
import TestSupport
import Testing

@testable import Commands

@Suite("The output file of the command history")
struct OutputFileTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func path(_ name: String) -> String { folder.path + "/" + name }

    private func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    private func text(_ name: String) -> String? {
        try? String(contentsOfFile: path(name), encoding: .utf8)
    }

    private func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path(name), withDestinationPath: target)
    }

    private func write(_ text: String, to name: String) throws {
        let file = try OutputFile(at: OutputPath(path(name)))
        try file.write(Array(text.utf8))
        try file.finish()
    }

    @Test("a name that is free, and then the same once more")
    func fresh() throws {
        for text in ["first", "second"] {
            try write(text, to: "history.om")
            #expect(self.text("history.om") == text)
            #expect(try files() == ["history.om"])
        }
    }

    @Test("until it is finished nobody else can read it, and the old one stands; given up, nothing is left of it")
    func unfinished() throws {
        try write("old", to: "history.om")
        var file: OutputFile? = try OutputFile(at: OutputPath(path("history.om")))
        try file?.write(Array("new".utf8))
        let others = try files().filter { $0 != "history.om" }
        try #require(others.count == 1)
        let attributes = try FileManager.default.attributesOfItem(atPath: path(others[0]))
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(text("history.om") == "old")
        file = nil
        #expect(try files() == ["history.om"])
        #expect(text("history.om") == "old")
    }

    @Test("through links to the file that they lead to; they stay")
    func links() throws {
        try FileManager.default.createDirectory(atPath: path("far"), withIntermediateDirectories: false)
        _ = try folder.write("old", to: "far/real.om")
        try link("near", to: "far")
        try link("one", to: "near/real.om")
        try link("two", to: "one")
        try write("new", to: "two")
        #expect(text("far/real.om") == "new")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path("two")) == "one")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path("one")) == "near/real.om")
        #expect(try OutputPath(path("near/free.om")) == OutputPath(path("far/free.om")))
    }

    @Test("not through a link that somebody has put where the unfinished file might be")
    func trap() throws {
        _ = try folder.write("precious", to: "victim")
        for name in ["history.om.new", ".history.om.new", "history.om.tmp"] { try link(name, to: "victim") }
        let before = try files()
        try write("new", to: "history.om")
        #expect(text("victim") == "precious")
        #expect(try files() == (before + ["history.om"]).sorted())
    }

    @Test(
        "nowhere where no file stands, and what stands there stays",
        arguments: [
            ("pipe", "is not a regular file"), ("link to pipe", "is not a regular file"), ("folder", "is a directory"),
            ("link to folder", "is a directory"), ("link to nothing", "is a symbolic link to nothing"),
            ("link to itself", "is a symbolic link to nothing"),
        ])
    func refused(name: String, says: String) throws {
        try #require(mkfifo(path("pipe"), 0o600) == 0)
        try FileManager.default.createDirectory(atPath: path("folder"), withIntermediateDirectories: false)
        try link("link to pipe", to: "pipe")
        try link("link to folder", to: "folder")
        try link("link to nothing", to: "nothing")
        try link("link to itself", to: "link to itself")
        let before = try files()
        var kind = stat()
        lstat(path(name), &kind)
        let error = #expect(throws: CommandError.self) { try OutputPath(path(name)) }
        #expect(error?.kind == .failure)
        #expect(error?.description.hasPrefix("--output: ") == true)
        #expect(error?.description.contains(" \(says)") == true)
        #expect(error?.description.contains("leave --output out to print") == true)
        #expect(try files() == before)
        var after = stat()
        lstat(path(name), &after)
        #expect(after.st_ino == kind.st_ino)
        #expect(after.st_mode == kind.st_mode)
    }

    @Test(
        "nowhere where there is no folder for it, and the reason is named",
        arguments: [
            ("missing/history.om", "No such file or directory"), ("missing/", "No such file or directory"),
            ("file/history.om", "Not a directory"),
        ])
    func noFolder(name: String, reason: String) throws {
        _ = try folder.write("", to: "file")
        let error = #expect(throws: CommandError.self) { try OutputPath(path(name)) }
        #expect(error?.description.contains(" (\(reason))") == true)
        #expect(throws: CommandError.self) { try OutputPath("") }
        #expect(try files() == ["file"])
    }
}
