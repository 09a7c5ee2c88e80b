import Foundation
import TestSupport
import Testing

@testable import Configuration

@Suite("A pattern for target files")
struct TargetFilePatternTests {
    private static func pattern(_ written: String) throws -> TargetFilePattern {
        try TargetFilePattern(
            parsing: written, paths: PathResolver(configurationFile: "/etc/exporter/config.yml", environment: [:]))
    }

    @Test("counts from the folder of the configuration file")
    func folder() throws {
        #expect(try Self.pattern("targets.d/*.yml").description == "/etc/exporter/targets.d/*.yml")
        #expect(try Self.pattern("/srv/*.yml").description == "/srv/*.yml")
        #expect(try Self.pattern("x.yml").description == "/etc/exporter/x.yml")
    }

    @Test(
        "covers files by their names",
        arguments: [
            ("*.yml", "a.yml", true), ("*.yml", "a.yaml", false), ("*.yml", ".a.yml", false), ("*", "a", true),
            (".*", ".a", true), ("[a-c].yml", "b.yml", true), ("[!a-c].yml", "b.yml", false),
            ("?.yml", "ab.yml", false),
            ("[]].yml", "].yml", true), ("*.yml", "x/a.yml", false), ("a]*", "a]b", true),
        ])
    func names(pattern: String, name: String, isCovered: Bool) throws {
        #expect(try Self.pattern(pattern).covers("/etc/exporter/" + name) == isCovered)
        #expect(try !Self.pattern(pattern).covers("/etc/" + name))
    }

    @Test(
        "that is none is refused with what to write",
        arguments: [
            ("targets.d/", "is a directory; add a pattern"), ("..", "is a directory"),
            ("*/targets.yml", "only the name of the file may have wildcards"),
            ("targets.d/**", "only the name of the file may have wildcards"),
            ("[a-c/x.yml", "only the name of the file may have wildcards"), ("[a-c.yml", "has a [ without its ]"),
            ("a[].yml", "has a [ without its ]"), ("a[!].yml", "has a [ without its ]"),
            ("targets.d\\\\*.yml", "has a backslash"), ("", "is empty"),
        ])
    func invalid(pattern: String, reason: String) {
        let mistakes = ConfigurationExample.mistakes(in: "target_files: [\"\(pattern)\"]")
        #expect(mistakes.count == 1)
        #expect(mistakes.first?.contains("config.yml:1: target_files[0]: ") == true)
        #expect(mistakes.first?.contains(reason) == true, "\(mistakes)")
    }

    @Test("is an item of a list, and the list must have one")
    func list() {
        #expect(
            ConfigurationExample.mistakes(in: "target_files: targets.d/*.yml") == [
                "config.yml:1: target_files: must be a list (items that begin with -), not a single value"
            ])
        #expect(ConfigurationExample.mistakes(in: "target_files: []").count == 1)
        #expect(ConfigurationExample.mistakes(in: "target_files: [a.yml, a.yml]").count == 1)
        #expect(
            ConfigurationExample.mistakes(in: "collection: {}").first?.hasPrefix("config.yml:1: targets: is missing")
                == true)
    }

    @Test("lists nothing where the directory is none, cannot be read or has too many files")
    func listing() throws {
        let folder = try TemporaryFolder()
        func files(_ name: String) throws -> [String] {
            try TargetFilePattern(
                parsing: name, paths: PathResolver(configurationFile: folder["c.yml"], environment: [:])
            ).files()
        }
        try folder.write("", to: "a.yml")
        #expect(try files("*.yml") == [folder["a.yml"]])
        #expect(try files("*.json") == [])
        for name in ["none/*.yml", "a.yml/*.yml"] {
            #expect {
                try files(name)
            } throws: {
                "\($0)".hasPrefix("there is no directory ") && "\($0)".contains("create it")
            }
        }
    }
}
