import Foundation
import Testing

@testable import Configuration

@Suite("The files of a kit")
struct KitFilesTests {
    @Test(
        "are accepted by the programs they are for",
        arguments: [[], ["--runbook-url=https://wiki.example.com/mailstore"]])
    func accepted(options: [String]) async throws {
        let kit = try await WrittenKit(options)
        let rules = ["mailstore.rules.yml", "windows-volume.rules.yml"].map { kit["prometheus/rules/\($0)"] }
        let checks = [
            ("promtool", ["check", "config", kit["prometheus/prometheus.yml"]]),
            ("promtool", ["check", "rules", "--lint=all", "--lint-fatal"] + rules),
            ("amtool", ["check-config", kit["alertmanager/alertmanager-example.yml"]]),
        ]
        for (program, arguments) in checks {
            let check = try RunningProgram(program, arguments)
            #expect(try await check.waitForEnd() == .exit(0), "\(program) \(arguments): \(check.output)\(check.errors)")
        }
    }

    @Test("link to the runbook by the address that was given, and to sections that are there")
    func runbook() async throws {
        let kit = try await WrittenKit(["--runbook-url=https://wiki.example.com/mailstore"])
        let sections = Set(
            kit.text("prometheus/rules/runbook.md").split(separator: "\n").filter { $0.hasPrefix("## ") }
                .map { $0.dropFirst(3).lowercased() })
        var links = 0
        for file in ["mailstore.rules.yml", "windows-volume.rules.yml"] {
            for line in kit.text("prometheus/rules/\(file)").split(separator: "\n") where line.contains("runbook_url:")
            {
                let address = "runbook_url: https://wiki.example.com/mailstore#"
                let link = try #require(line.range(of: address), "\(line)")
                #expect(sections.contains(String(line[link.upperBound...])), "\(line)")
                links += 1
            }
        }
        #expect(links >= 30)
    }

    @Test("scrape the job that the alerts name, and load the rules that are there")
    func prometheus() async throws {
        let kit = try await WrittenKit()
        let configuration = kit.text("prometheus/prometheus.yml")
        let rules = kit.text("prometheus/rules/mailstore.rules.yml")
        let jobs = Set(rules.matches(of: /up\{job="([^"]+)"/).map { String($0.output.1) })
        #expect(jobs == ["mailstore"])
        #expect(configuration.contains("- job_name: mailstore\n"))
        let loaded = configuration.matches(of: /- (rules\/.+)\n/).map { String($0.output.1) }
        #expect(loaded.sorted() == ["rules/mailstore.rules.yml", "rules/windows-volume.rules.yml"])
        for file in loaded { #expect(kit.files.contains("prometheus/" + file)) }
    }

    @Test("hold a configuration that is right, as it is and with every option taken in", arguments: [false, true])
    func sample(takesOptions: Bool) async throws {
        let kit = try await WrittenKit()
        for name in ["password", "password-branch"] { try kit.folder.write("secret", to: name) }
        try kit.folder.write("-----BEGIN CERTIFICATE-----\n", to: "kit/ca.pem")
        var text = kit.text("mailstore_exporter.yml")
        if takesOptions {
            text = Self.takingOptions(text)
            try FileManager.default.createDirectory(
                atPath: kit.folder["kit/targets.d"], withIntermediateDirectories: false)
            let target = "targets: [{ name: more, url: 'https://more', username: u, password_file: ../../password }]"
            try kit.folder.write(target, to: "kit/targets.d/more.yml")
        }
        let file = try kit.folder.write(text, to: "kit/sample.yml")
        let check = try Exporter.launch(
            ["--config.file", file, "--config.check"], environment: ["CREDENTIALS_DIRECTORY": kit.folder.path])
        #expect(try await check.waitForEnd() == .exit(0), "\(check.errors)")
        #expect(check.errors == "")
        #expect(check.output.contains("password_file: \"\(kit.folder["password"])\""))
        #expect(check.output.contains("branch") == takesOptions)
        #expect(check.output.contains("name: \"more\"") == takesOptions)
    }

    @Test("hold a configuration that shows every key there is")
    func sampleKeys() async throws {
        let kit = try await WrittenKit()
        let words = Set(kit.text("mailstore_exporter.yml").matches(of: /([a-z_]+):/).map { String($0.output.1) })
        // A password in the configuration itself is nothing to recommend.
        let keys =
            ConfigurationSchema.root + ConfigurationSchema.target.filter { $0 != "password" } + ConfigurationSchema.tls
            + ConfigurationSchema.verification + ConfigurationSchema.expectedIntervals + ConfigurationSchema.collection
            + ConfigurationSchema.outcomes + ConfigurationSchema.privacy
        for key in keys { #expect(words.contains(key), "\(key) is not in the sample") }
    }

    /// The sample without the `#` before its options; a remark has one space after it.
    private static func takingOptions(_ text: String) -> String {
        text.replacing(/(?m)^( *)#( *)(\S.*)$/) { match in
            match.output.2.count == 1 ? String(match.output.0) : "\(match.output.1)\(match.output.2)\(match.output.3)"
        }
    }
}

@Suite("The service of a kit")
struct KitServiceTests {
    @Test("is understood by systemd to the last key, and names files that the README says to put there")
    func verified() async throws {
        let kit = try await WrittenKit()
        let unit = kit.text("systemd/mailstore_exporter.service")
        let command = "ExecStart=/usr/local/bin/mailstore_exporter "
        try #require(unit.contains(command))
        // On this machine the program lies elsewhere.
        let file = try kit.folder.write(
            unit.replacing(command, with: "ExecStart=\(Exporter.path) "), to: "mailstore_exporter.service")
        let check = try RunningProgram("systemd-analyze", ["verify", file])
        #expect(try await check.waitForEnd() == .exit(0))
        #expect(check.errors == "")
        let readme = kit.text("README.md")
        for place in [
            "/etc/mailstore_exporter/mailstore_exporter.yml", "/etc/mailstore_exporter/password",
            "/usr/local/bin/mailstore_exporter",
        ] {
            #expect(unit.contains(place))
            #expect(readme.contains(place), "\(place) is not in the README")
        }
    }

    @Test("has next to no rights")
    func confined() async throws {
        let kit = try await WrittenKit()
        // Of 100, by systemd's own reckoning; a service without any directive has 96.
        let check = try RunningProgram(
            "systemd-analyze",
            ["security", "--offline=true", "--threshold=15", "--no-pager", kit["systemd/mailstore_exporter.service"]])
        #expect(try await check.waitForEnd() == .exit(0), "\(check.output)")
        #expect(check.output.contains("Overall exposure level"))
    }

    @Test(
        "says what the program relies on",
        arguments: [
            // The password, and the place of the counters.
            "LoadCredential=password:/etc/mailstore_exporter/password", "StateDirectory=mailstore_exporter",
            "DynamicUser=yes", "Type=notify", "WatchdogSec=60", "LimitNOFILE=65536", "ExecReload=kill -HUP $MAINPID",
            "Restart=on-failure",
            // The exit codes of a wrong configuration and a wrong command line.
            "RestartPreventExitStatus=2 64", "WantedBy=multi-user.target",
        ])
    func directive(_ line: String) async throws {
        let kit = try await WrittenKit()
        #expect(kit.text("systemd/mailstore_exporter.service").split(separator: "\n").contains { $0 == line })
    }
}
