import Foundation
import Testing

@Suite("The command kit")
struct KitCommandTests {
    @Test("writes the files of the sources as they are, but for the version in the README")
    func written() async throws {
        let kit = try await WrittenKit()
        let list = try Exporter.launch(["kit", "--list"])
        #expect(try await list.waitForEnd() == .exit(0))
        #expect(list.output.split(separator: "\n").map(String.init) == kit.files)
        #expect(kit.files.count >= 14)
        let version = try Exporter.launch(["--version"])
        #expect(try await version.waitForEnd() == .exit(0))
        for file in kit.files {
            let name =
                switch file.split(separator: "/").first {
                case "grafana" where file.hasPrefix("grafana/dashboards/"): file.replacing("grafana/", with: "")
                case "alertmanager": file.replacing("alertmanager/", with: "alerts/")
                case "prometheus" where file.hasPrefix("prometheus/rules/"):
                    file.replacing("prometheus/rules/", with: "alerts/")
                default: "Sources/Kit/Files/" + file
                }
            var source = TemporaryFolder.text(of: "\(WrittenKit.sources)/\(name)")
            if file == "README.md" {
                source = source.replacing("@VERSION@", with: version.output.trimmingCharacters(in: .newlines))
            }
            let isSame = Array(kit.text(file).utf8) == Array(source.utf8) && !source.isEmpty
            #expect(isSame, "\(file) is not \(name): build anew (touch Package.swift, then swift build)")
            #expect(kit.output.contains("written    \(kit[file])\n"))
        }
    }

    @Test("writes what the service's users can read, whatever the mask of whoever writes it")
    func modes() async throws {
        let folder = try TemporaryFolder()
        let program = try RunningProgram(
            "sh", ["-c", "umask 077; exec \"$0\" kit \"$1\"", Exporter.path, folder["kit"]])
        #expect(try await program.waitForEnd() == .exit(0))
        for file in ["README.md", "prometheus/rules/mailstore.rules.yml"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder["kit/\(file)"])
            #expect(attributes[.posixPermissions] as? Int == 0o644)
        }
    }

    @Test("replaces what differs only with --force, and loses nothing")
    func force() async throws {
        let kit = try await WrittenKit()
        let original = kit.text("mailstore_exporter.yml")
        try kit.folder.write("mine\n", to: "kit/mailstore_exporter.yml")
        let before = kit.files
        let refused = try Exporter.launch(["kit", kit.path])
        #expect(try await refused.waitForEnd() == .exit(1))
        #expect(refused.output == "")
        #expect(refused.errors.contains("\n  \(kit["mailstore_exporter.yml"])\n"))
        #expect(refused.errors.contains("--force"))
        #expect(kit.text("mailstore_exporter.yml") == "mine\n")
        #expect(kit.files == before)

        let forced = try Exporter.launch(["kit", kit.path, "--force"])
        #expect(try await forced.waitForEnd() == .exit(0))
        let kept = kit["mailstore_exporter.yml.old"]
        #expect(forced.output.contains("replaced   \(kit["mailstore_exporter.yml"]), kept as \(kept)\n"))
        #expect(forced.output.contains("unchanged  \(kit["README.md"])\n"))
        #expect(kit.text("mailstore_exporter.yml") == original)
        #expect(kit.text("mailstore_exporter.yml.old") == "mine\n")
    }

    @Test(
        "says what is wrong with the command line",
        arguments: [
            ([], "--list"), ([""], "empty"), (["-"], "standard output"), (["kit", "--list"], "--list"),
            (["kit", "--runbook-url", "wiki"], "web address"), (["--list", "--runbook-url", "wiki"], "web address"),
            (["kit", "--runbook-url", "https://anna:s3cret@wiki"], "user name or password"),
        ])
    func wrongCommandLine(arguments: [String], says: String) async throws {
        let program = try Exporter.launch(["kit"] + arguments)
        #expect(try await program.waitForEnd() == .exit(64))
        #expect(program.errors.contains(says))
        #expect(!program.errors.contains("s3cret"))
        #expect(program.output == "")
    }

    @Test(
        "leaves nothing half written on a full disk",
        .enabled(if: FullDisk.isPossible, "only root can mount a small file system"))
    func fullDisk() async throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let disk = try await FullDisk(at: folder["disk"])
        let program = try Exporter.launch(["kit", disk.path + "/kit"])
        #expect(try await program.waitForEnd() == .exit(1))
        #expect(program.errors.contains("No space left on device"))
        #expect(program.errors.contains("free space"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path).sorted() == ["filling", "state"])
    }
}

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
