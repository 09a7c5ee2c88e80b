import Foundation
import TestSupport
import Testing

@testable import Configuration

@Suite("A configuration by flags")
struct ConfigurationFlagsTests {
    private var complete: ConfigurationFlags {
        var flags = ConfigurationFlags()
        flags.url = "https://mailstore.example.com"
        flags.username = "admin"
        flags.passwordFile = "secret"
        return flags
    }

    private func mistakes(_ flags: ConfigurationFlags, environment: [String: String] = [:]) -> String? {
        let error = #expect(throws: ConfigurationError.self) { try flags.load(environment: environment) }
        return error?.description
    }

    @Test("a URL, a user and a password file are enough")
    func enough() throws {
        let target = TargetConfiguration(
            name: "mailstore.example.com", url: try ServerURL(parsing: "https://mailstore.example.com:8463"),
            username: "admin", password: .file("secret"))
        #expect(try complete.load(environment: [:]) == Configuration(targets: [target]))
    }

    @Test("every flag arrives where it belongs")
    func everything() throws {
        var flags = complete
        flags.caFile = "ca.pem"
        flags.pinnedPublicKey = SmallValueTests.pin
        flags.collectionInterval = "30s"
        flags.stateDirectory = "/srv/state"
        let configuration = try flags.load(environment: ["STATE_DIRECTORY": "/var/lib/x"])
        let pin = try PublicKeyPin(parsing: SmallValueTests.pin)
        #expect(configuration.targets.first?.trust == .verified(caFile: "ca.pem", pin: pin))
        #expect(configuration.collection == CollectionSettings(baseInterval: .seconds(30)))
        #expect(configuration.stateDirectory == "/srv/state")
        flags.caFile = nil
        flags.pinnedPublicKey = nil
        flags.insecureSkipVerify = true
        #expect(try flags.load(environment: [:]).targets.first?.trust == .unverified)
    }

    @Test("the password comes from the environment unless a file is named")
    func password() throws {
        let environment = ["MAILSTORE_PASSWORD": "x"]
        #expect(try complete.load(environment: environment).targets.first?.password == .file("secret"))
        var flags = complete
        flags.passwordFile = nil
        #expect(
            try flags.load(environment: environment).targets.first?.password == .environment("MAILSTORE_PASSWORD"))
    }

    @Test("without any server both ways are told")
    func nothing() {
        #expect(
            mistakes(ConfigurationFlags(), environment: ["MAILSTORE_PASSWORD": "x"]) == """
                no server is configured; set --config.file, or for a single server --mailstore.url, \
                --mailstore.username and --mailstore.password-file (or MAILSTORE_PASSWORD in the environment)
                """)
    }

    @Test("all mistakes in flags are reported together")
    func allMistakes() {
        var flags = ConfigurationFlags()
        flags.url = "http://mail"
        flags.pinnedPublicKey = "x"
        flags.insecureSkipVerify = true
        flags.collectionInterval = "0"
        flags.stateDirectory = ""
        #expect(
            mistakes(flags) == """
                --collection.interval: "0" is too short; the minimum is 1s
                --state.directory: is empty; write a value, or remove it
                --mailstore.url: plain http cannot be used: the Administration API only supports TLS; \
                write "https://mail"
                --mailstore.username: is missing; add for example --mailstore.username admin
                --mailstore.password-file: is missing; name a file that contains the password, \
                or set MAILSTORE_PASSWORD in the environment
                --mailstore.pinned-public-key: "x" does not begin with sha256//; a pin is sha256// and \
                44 characters of base64 (the error of a failed connection shows the right one)
                --mailstore.insecure-skip-verify: cannot be combined with --mailstore.ca-file or \
                --mailstore.pinned-public-key; remove one or the other
                """)
    }

    @Test("a file and a server by flags exclude each other")
    func both() {
        var flags = ConfigurationFlags()
        flags.configFile = "/none.yml"
        flags.insecureSkipVerify = true
        #expect(
            mistakes(flags) == """
                --mailstore.insecure-skip-verify: cannot be combined with --config.file; move the server \
                to targets in the file, or remove --config.file
                """)
    }

    @Test("a file is read with what the flags set over it")
    func file() throws {
        let folder = try TemporaryFolder()
        var flags = ConfigurationFlags()
        flags.configFile = try folder.write(
            ConfigurationExample.smallest + "\ncollection: { interval: 5m }\nstate_directory: s", to: "c.yml")
        let written = try flags.load(environment: [:])
        #expect(written.collection.interval(for: .jobs) == .minutes(5))
        #expect(written.stateDirectory == folder.path + "/s")
        flags.collectionInterval = "10s"
        flags.stateDirectory = "t"
        let set = try flags.load(environment: [:])
        #expect(set.collection.interval(for: .jobs) == .seconds(10))
        #expect(set.stateDirectory == "t")
    }
}
