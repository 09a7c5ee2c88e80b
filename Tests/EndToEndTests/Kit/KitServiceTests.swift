import Foundation
import Testing

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
            "DynamicUser=yes", "Type=notify", "WatchdogSec=60", "ExecReload=kill -HUP $MAINPID", "Restart=on-failure",
            // The exit codes of a wrong configuration and a wrong command line.
            "RestartPreventExitStatus=2 64", "WantedBy=multi-user.target",
        ])
    func directive(_ line: String) async throws {
        let kit = try await WrittenKit()
        #expect(kit.text("systemd/mailstore_exporter.service").split(separator: "\n").contains { $0 == line })
    }
}
