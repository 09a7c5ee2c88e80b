import Foundation
import TestSupport
import Testing

@testable import Configuration

@Suite("Target files")
struct TargetFileSetTests {
    private typealias Text = TargetFileBench

    @Test("add their targets to those of the configuration file, in the order of their names")
    func order() throws {
        let bench = try TargetFileBench(main: Text.text("main") + "target_files: [targets.d/*.yml, more.yml]\n")
        try bench.write(Text.text("b1", "b2"), to: "b.yml")
        try bench.write(Text.text("a"), to: "a.yml")
        try bench.write(Text.text("hidden"), to: ".hidden.yml")
        try bench.write(Text.text("other"), to: "other.yaml")
        try bench.folder.write(Text.text("more"), to: "more.yml")
        try bench.load()
        #expect(bench.names == ["main", "a", "b1", "b2", "more"])
        #expect(bench.problems == [])
        #expect(bench.reading?.configuration.origins["b2"] == bench.path("b.yml"))
        #expect(bench.reading?.configuration.origins["main"] == nil)
        #expect(bench.reading?.targetFiles.validFiles == 3)
    }

    @Test("alone are a configuration, even if there are none yet")
    func alone() throws {
        let bench = try TargetFileBench()
        let reading = try bench.load()
        #expect(bench.names == [])
        #expect(reading.findings.warnings.count == 1)
        #expect(reading.findings.warnings.first?.contains("matches no file") == true)
        #expect(bench.effects == [])
    }

    @Test("that are added, changed and removed are used after two looks in a row")
    func changes() throws {
        let bench = try TargetFileBench()
        try bench.load()
        try bench.write(Text.text("a"), to: "a.yml")
        #expect(!bench.look())
        #expect(bench.look())
        #expect(bench.names == ["a"])
        let read = bench.look(times: 3)
        #expect(!read)
        try bench.write(Text.text("a", "b"), to: "a.yml")
        #expect(!bench.look())
        #expect(bench.look())
        #expect(bench.names == ["a", "b"])
        try bench.remove("a.yml")
        #expect(!bench.look())
        #expect(bench.look())
        #expect(bench.names == [])
        #expect(bench.effects == [])
    }

    @Test("that change between two looks are not used until they stand still")
    func unfinished() throws {
        let bench = try TargetFileBench()
        try bench.load()
        for count in 1...5 {
            try bench.write(Text.text("a") + String(repeating: "#", count: count), to: "a.yml")
            #expect(!bench.look())
        }
        #expect(bench.look())
        #expect(bench.names == ["a"])
        // Removed and written again between two looks: it was never gone.
        try bench.remove("a.yml")
        #expect(!bench.look())
        try bench.write(Text.text("a", "b"), to: "a.yml")
        #expect(!bench.look())
        #expect(bench.look())
        #expect(bench.names == ["a", "b"])
    }

    @Test("that never stand still are a mistake after a while, and their last valid version stays")
    func restless() throws {
        let bench = try TargetFileBench()
        try bench.write(Text.text("a"), to: "a.yml")
        try bench.load()
        bench.look(times: 2)
        for count in 1...TargetFileSet.mostChanges {
            #expect(bench.effects == [])
            try bench.write(Text.text("b") + String(repeating: "#", count: count), to: "a.yml")
            #expect(bench.look() == (count == TargetFileSet.mostChanges))
        }
        #expect(bench.names == ["a"])
        #expect(bench.effects == [.formerVersion])
        #expect(bench.problems.first?.contains("is never the same twice") == true)
        #expect(bench.look())
        #expect(bench.names == ["b"])
        #expect(bench.effects == [])
    }

    @Test("with a mistake keep their last valid version, and affect no others")
    func mistake() throws {
        let bench = try TargetFileBench()
        try bench.write(Text.text("a"), to: "a.yml")
        try bench.write(Text.text("b"), to: "b.yml")
        try bench.load()
        try bench.write(Text.text("a2").replacing("username", with: "user_name"), to: "a.yml")
        try bench.write(Text.text("b", "c"), to: "b.yml")
        #expect(bench.look(times: 2))
        #expect(bench.names == ["a", "b", "c"])
        #expect(bench.effects == [.formerVersion])
        #expect(
            bench.problems == [
                "targets.d/a.yml:2: targets[0].user_name: unknown key; did you mean \"username\"?",
                "targets.d/a.yml:2: targets[0].username: is missing; add for example username: admin",
            ])
        let again = bench.look(times: 5)
        #expect(!again)
        try bench.write(Text.text("a2"), to: "a.yml")
        #expect(bench.look(times: 2))
        #expect(bench.names == ["a2", "b", "c"])
        #expect(bench.effects == [])
    }

    @Test(
        "that cannot be used are left out, with the reason",
        arguments: [
            ("targets: [", "targets.d/a.yml:2: the file is not valid YAML"),
            ("", "targets.d/a.yml: the file is empty"),
            ("targets: []", "targets.d/a.yml:1: targets: is an empty list"),
            ("- name: a", "targets.d/a.yml:1: the file begins with a list; write targets: above it"),
            ("text", "targets.d/a.yml:1: must contain keys and values, not a single value"),
            ("{}", "targets.d/a.yml:1: targets: is missing"),
            (
                Text.text("a") + "collection: { interval: 1m }",
                "targets.d/a.yml:3: collection: unknown key here; it belongs in the configuration file"
            ),
            (
                Text.text("a") + "target_files: [x.yml]",
                "targets.d/a.yml:3: target_files: unknown key here; it belongs in the configuration file"
            ),
            (
                Text.text("a", "a"),
                "targets.d/a.yml:3: targets[1].name: \"a\" is already the name of the target in line 2"
            ),
        ])
    func invalid(text: String, mistake: String) throws {
        let bench = try TargetFileBench()
        try bench.write(text, to: "a.yml")
        try bench.write(Text.text("b"), to: "b.yml")
        try bench.load()
        #expect(bench.names == ["b"])
        #expect(bench.effects == [.leftOut])
        #expect(bench.problems.first?.hasPrefix(mistake) == true, "\(bench.problems)")
        #expect(bench.reading?.targetFiles.invalidFiles == 1)
        try bench.write(Text.text("a"), to: "a.yml")
        #expect(bench.look(times: 2))
        #expect(bench.names == ["a", "b"])
    }

    @Test("that are no files for a configuration say what they are, and their last valid version stays")
    func oddFiles() throws {
        let bench = try TargetFileBench()
        let names = ["pipe", "folder", "latin", "large", "device", "nowhere"]
        for name in names { try bench.write(Text.text(name), to: name + ".yml") }
        try bench.load()
        #expect(bench.names.count == names.count)
        for name in names { try bench.remove(name + ".yml") }
        #expect(mkfifo(bench.path("pipe.yml"), 0o600) == 0)
        try FileManager.default.createDirectory(
            atPath: bench.path("folder.yml"), withIntermediateDirectories: false)
        try bench.folder.write([0x61, 0x3A, 0xE4], to: "targets.d/latin.yml")
        try bench.folder.write([UInt8](repeating: 0x23, count: YAMLReader.largest + 1), to: "targets.d/large.yml")
        for (name, destination) in [("device", "/dev/zero"), ("nowhere", "/nowhere")] {
            try FileManager.default.createSymbolicLink(
                atPath: bench.path(name + ".yml"), withDestinationPath: destination)
        }
        #expect(bench.look(times: 2))
        #expect(bench.names.count == names.count)
        #expect(bench.effects.allSatisfy { $0 == .formerVersion })
        let expected = [
            "is not a regular file", "is a directory; name a file in it", "is larger than 1MiB", "is not UTF-8 text",
            "there is no file", "is not a regular file",
        ]
        #expect(bench.problems.count == expected.count)
        for (problem, part) in zip(bench.problems, expected) {
            #expect(problem.hasPrefix("target_files: ") && problem.contains(part), "\(problem)")
        }
    }

    @Test("that may not be read keep their last valid version until they may, and so does their directory")
    func permissions() throws {
        let bench = try TargetFileBench()
        try bench.write(Text.text("a"), to: "a.yml")
        let folders = [bench.folder.path, bench.folder["targets.d"]]
        for folder in folders { chmod(folder, 0o755) }
        for file in ["config.yml", "targets.d/a.yml"] { chmod(bench.folder[file], 0o644) }
        func look(times: Int) throws -> Bool { try OrdinaryUser.run { bench.look(times: times) } }
        try OrdinaryUser.run { _ = try bench.load() }
        #expect(bench.names == ["a"])
        chmod(bench.path("a.yml"), 0)
        #expect(try look(times: 2))
        #expect(bench.names == ["a"])
        #expect(bench.effects == [.formerVersion])
        #expect(bench.problems.first?.contains("may not read") == true)
        chmod(bench.path("a.yml"), 0o644)
        #expect(try look(times: 2))
        #expect(bench.effects == [])
        chmod(folders[1], 0)
        #expect(try look(times: 3))
        #expect(bench.names == ["a"])
        #expect(bench.effects == [.unlisted])
        #expect(bench.problems.first?.contains("may not read the directory") == true, "\(bench.problems)")
        chmod(folders[1], 0o755)
        #expect(try look(times: 1))
        #expect(bench.effects == [])
    }

    @Test("that are swapped by a link are read anew")
    func links() throws {
        // The layout of a ConfigMap: the files are links through a link that is replaced.
        let bench = try TargetFileBench()
        for (version, name) in [("..1", "a"), ("..2", "b")] {
            try FileManager.default.createDirectory(atPath: bench.path(version), withIntermediateDirectories: false)
            try bench.write(Text.text(name), to: "\(version)/targets.yml")
        }
        func link(_ name: String, to destination: String) throws {
            try FileManager.default.createSymbolicLink(atPath: bench.path(name), withDestinationPath: destination)
        }
        try link("..data", to: "..1")
        try link("targets.yml", to: "..data/targets.yml")
        try bench.load()
        #expect(bench.names == ["a"])
        try link("..new", to: "..2")
        #expect(rename(bench.path("..new"), bench.path("..data")) == 0)
        #expect(bench.look(times: 2))
        #expect(bench.names == ["b"])
        #expect(bench.effects == [])
    }

    @Test("stay when their directory is gone, and go when the directory is empty")
    func directoryGone() throws {
        let bench = try TargetFileBench()
        try bench.write(Text.text("a"), to: "a.yml")
        try bench.load()
        let (folder, elsewhere) = (bench.folder["targets.d"], bench.folder["elsewhere"])
        try FileManager.default.moveItem(atPath: folder, toPath: elsewhere)
        #expect(bench.look(times: 3))
        #expect(bench.names == ["a"])
        #expect(bench.effects == [.unlisted])
        #expect(bench.problems.first?.hasPrefix("target_files: there is no directory ") == true)
        let again = bench.look(times: 3)
        #expect(!again)
        // A reload does not remove them either.
        try bench.load()
        #expect(bench.names == ["a"])
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        #expect(bench.look(times: 2))
        #expect(bench.names == [])
        #expect(bench.effects == [])
    }

    @Test("of a directory that is missing at the start are used as soon as it exists")
    func lateDirectory() throws {
        let bench = try TargetFileBench(main: "target_files: [late/*.yml]")
        try bench.load()
        #expect(bench.effects == [.unlisted])
        try FileManager.default.createDirectory(atPath: bench.folder["late"], withIntermediateDirectories: false)
        try bench.folder.write(Text.text("a"), to: "late/a.yml")
        #expect(bench.look(times: 2))
        #expect(bench.names == ["a"])
        #expect(bench.effects == [])
    }

    @Test("are read by a reload as they are, with new patterns")
    func reload() throws {
        let bench = try TargetFileBench()
        try bench.write(Text.text("a"), to: "a.yml")
        try bench.load()
        try bench.write(Text.text("b"), to: "b.yml")
        try bench.remove("a.yml")
        try bench.folder.write("target_files: [targets.d/*.yml, new.yml]", to: "config.yml")
        try bench.folder.write(Text.text("c"), to: "new.yml")
        try bench.load()
        #expect(bench.names == ["b", "c"])
        try bench.write("targets: [", to: "b.yml")
        try bench.load()
        #expect(bench.names == ["b", "c"])
        #expect(bench.effects == [.formerVersion])
    }

    @Test("come and go by the thousand, each by itself")
    func thousand() throws {
        let bench = try TargetFileBench()
        for number in 1...1000 { try bench.write(Text.text("t\(number)"), to: "\(number).yml") }
        try bench.load()
        #expect(bench.names.count == 1000)
        bench.look(times: 2)
        try bench.write(Text.text("t500", "extra"), to: "500.yml")
        try bench.remove("7.yml")
        #expect(bench.look(times: 2))
        #expect(bench.names.count == 1000)
        #expect(bench.names.contains("extra"))
        #expect(!bench.names.contains("t7"))
    }
}

@Suite("Names in several target files")
struct TargetFileNameTests {
    private typealias Text = TargetFileBench

    @Test("belong to the configuration file, then to the first file; the others of a new file are used")
    func first() throws {
        let bench = try TargetFileBench(main: Text.text("main") + "target_files: [targets.d/*.yml]")
        try bench.write(Text.text("a", "main"), to: "a.yml")
        try bench.write(Text.text("a", "b"), to: "b.yml")
        try bench.load()
        #expect(bench.names == ["main", "a", "b"])
        #expect(bench.effects == [.partial, .partial])
        let place = bench.path("a.yml")
        #expect(
            bench.problems == [
                "targets.d/a.yml:3: targets[1].name: \"main\" is already the name of a target in the configuration file; "
                    + "choose another name",
                "targets.d/b.yml:2: targets[0].name: \"a\" is already the name of a target in "
                    + "\(place.replacing(bench.folder.path + "/", with: "")); choose another name",
            ])
    }

    @Test("that are taken keep the last valid version of a file in force")
    func renamed() throws {
        let bench = try TargetFileBench()
        try bench.write(Text.text("a"), to: "a.yml")
        try bench.write(Text.text("b"), to: "b.yml")
        try bench.load()
        try bench.write(Text.text("a"), to: "b.yml")
        #expect(bench.look(times: 2))
        #expect(bench.names == ["a", "b"])
        #expect(bench.effects == [.formerVersion])
        try bench.remove("a.yml")
        #expect(bench.look(times: 2))
        #expect(bench.names == ["a"])
        #expect(bench.effects == [])
        #expect(bench.reading?.configuration.targets.first?.url.description == "https://a.example.com:8463")
    }

    @Test("move from file to file without an interruption")
    func move() throws {
        let bench = try TargetFileBench()
        try bench.write(Text.text("x"), to: "a.yml")
        try bench.write(Text.text("b"), to: "b.yml")
        try bench.load()
        try bench.write(Text.text("b", "x"), to: "b.yml")
        #expect(bench.look(times: 2))
        #expect(bench.names == ["x", "b"])
        try bench.remove("a.yml")
        #expect(bench.look(times: 2))
        #expect(bench.names == ["b", "x"])
        // And to a file that comes first.
        try bench.write(Text.text("x"), to: "a.yml")
        #expect(bench.look(times: 2))
        #expect(bench.names == ["x", "b"])
        #expect(bench.effects == [.partial])
    }

    @Test("are shared out among exporters together with those of the configuration file")
    func shards() throws {
        var found: [String] = []
        var others: [Set<String>] = []
        for number in 1...3 {
            let bench = try TargetFileBench(
                main: Text.text("m1", "m2") + "target_files: [targets.d/*.yml]",
                shard: try Shard(parsing: "\(number)/3"))
            for name in ["a", "b", "c", "d", "e"] { try bench.write(Text.text(name), to: "\(name).yml") }
            let reading = try bench.load()
            found += bench.names
            others.append(try #require(reading.configuration.sharding?.others))
            #expect(others[number - 1].isDisjoint(with: bench.names))
            #expect(others[number - 1].count + bench.names.count == 7)
        }
        #expect(found.sorted() == ["a", "b", "c", "d", "e", "m1", "m2"])
    }
}
