import Foundation
import MailStoreSimulator
import Testing

/// The program's command `check`, run as a person runs it.
struct CheckProgram {
    /// How a run ended.
    struct Run {
        var exitCode: Int32
        var output: String
        var errors: String

        /// The steps that `--json` printed.
        func steps() throws -> [Step] {
            let parsed = try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[String: Any]])
            return try parsed.map { try Step($0) }
        }

        /// The only step of that name.
        func step(_ name: String) throws -> Step {
            let found = try steps().filter { $0.name == name }
            try #require(found.count == 1, "\(found.count) steps are called \(name)")
            return found[0]
        }
    }

    struct Step {
        var target: String?
        var name: String
        var status: String
        var message: String
        var remedy: String
        var details: [String: Any]

        init(_ object: [String: Any]) throws {
            target = object["target"] as? String
            name = try #require(object["step"] as? String)
            status = try #require(object["status"] as? String)
            message = try #require(object["message"] as? String)
            remedy = object["remedy"] as? String ?? ""
            details = try #require(object["details"] as? [String: Any])
        }
    }

    /// An empty folder that the program runs in.
    let folder: URL
    var password = "simulated"
    /// The environment beside the password.
    var environment: [String: String] = [:]

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "check-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    }

    func remove() {
        try? FileManager.default.removeItem(at: folder)
    }

    /// Writes a file into the folder and returns its path.
    func write(_ text: String, to name: String) throws -> String {
        let file = folder.appending(path: name)
        try Data(text.utf8).write(to: file)
        return file.path
    }

    /// The program that was built beside these tests.
    static var executable: URL {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "mailstore_exporter")
    }

    /// Checks one server by flags and prints JSON.
    func check(_ url: String, _ arguments: String...) async throws -> Run {
        try await run(["check", "--json", "--mailstore.url", url, "--mailstore.username", "admin"] + arguments)
    }

    func run(_ arguments: [String]) async throws -> Run {
        try await run(Self.executable, arguments)
    }

    func run(_ program: URL, _ arguments: [String]) async throws -> Run {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ["PATH": "/usr/bin:/bin", "MAILSTORE_PASSWORD": password].merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        // Files outside of the folder, which has to stay as it was.
        let outputs = [UUID(), UUID()].map { FileManager.default.temporaryDirectory.appending(path: "\($0)") }
        defer { for file in outputs { try? FileManager.default.removeItem(at: file) } }
        for file in outputs { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: outputs[0])
        process.standardError = try FileHandle(forWritingTo: outputs[1])
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        let texts = try outputs.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
        return Run(exitCode: process.terminationStatus, output: texts[0], errors: texts[1])
    }

    /// Runs a test with a simulated server and the program; both are gone afterwards.
    static func with(
        _ change: (inout SimulatorOptions) -> Void = { _ in },
        _ body: (Simulator, inout CheckProgram) async throws -> Void
    ) async throws {
        var options = SimulatorOptions()
        options.history = 2
        change(&options)
        let simulator = try Simulator(options)
        defer { simulator.stop() }
        var program = try CheckProgram()
        defer { program.remove() }
        try await body(simulator, &program)
    }
}

extension Simulator {
    /// The flag that trusts the server's key.
    var pinFlag: String { "--mailstore.pinned-public-key=sha256//\(publicKeyPin)" }
}
