import Foundation
import TestSupport

@testable import Configuration

/// A configuration file with a directory of target files, and its source.
final class TargetFileBench {
    let folder: TemporaryFolder
    var source: ConfigurationSource
    /// What was read last.
    private(set) var reading: ConfigurationSource.Reading?

    /// - Parameter main: The configuration file.
    init(main: String = "target_files: [targets.d/*.yml]\n", shard: Shard? = nil) throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder["targets.d"], withIntermediateDirectories: true)
        var flags = ConfigurationFlags()
        flags.configFile = try folder.write(main, to: "config.yml")
        source = ConfigurationSource(flags: flags, environment: ["P": "x"], shard: shard)
    }

    /// The text of a target file with these targets.
    static func text(_ names: String...) -> String {
        "targets:\n"
            + names.map { "  - { name: \($0), url: \"https://\($0).example.com\", username: u, password_env: P }\n" }
            .joined()
    }

    func path(_ name: String) -> String { folder["targets.d/\(name)"] }

    func write(_ text: String, to name: String) throws {
        try folder.write(text, to: "targets.d/\(name)")
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: path(name))
    }

    /// Reads everything anew.
    @discardableResult
    func load() throws -> ConfigurationSource.Reading {
        let new = try source.load()
        reading = new
        return new
    }

    /// Looks at the target files; returns whether anything has changed.
    @discardableResult
    func look(times: Int = 1) -> Bool {
        var isChanged = false
        for _ in 0..<times {
            guard let new = source.lookAtTargetFiles() else { continue }
            reading = new
            isChanged = true
        }
        return isChanged
    }

    /// The names of the targets in force.
    var names: [String] { reading?.configuration.targets.map(\.name) ?? [] }

    /// The mistakes in target files, without the folder.
    var problems: [String] {
        (reading?.targetFiles.problems ?? []).flatMap(\.mistakes).map {
            $0.description.replacing(folder.path + "/", with: "")
        }
    }

    var effects: [TargetFileReport.Effect] { reading?.targetFiles.problems.map(\.effect) ?? [] }
}
