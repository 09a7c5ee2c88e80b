import Foundation
import MailStoreAPI
import TestSupport
import Testing

@testable import Configuration

@Suite("A configuration file that is right")
struct ConfigurationFileTests {
    @Test("the smallest file has all defaults")
    func smallest() throws {
        let configuration = try ConfigurationExample.parse(ConfigurationExample.smallest)
        let target = TargetConfiguration(
            name: "archive", url: try ServerURL(parsing: "https://mailstore.example.com:8463"), username: "admin",
            password: .file("/etc/mailstore/password"))
        #expect(configuration == Configuration(targets: [target]))
        #expect(target.collectors == CollectorName.allCases)
        #expect(target.trust == .verified(caFile: nil, pin: nil))
        #expect(configuration.stateDirectory == "data")
        #expect(!configuration.hideNames)
        #expect(configuration.outcomes.profileExpectedInterval == .every(.hours(24)))
        #expect(!configuration.outcomes.completedWithErrorsIsSuccess)
        #expect(configuration.collection.timeout == .seconds(30))
        #expect(configuration.collection.connectTimeout == .seconds(10))
        #expect(configuration.collection.lookback == .days(35))
        #expect(configuration.collection.overlap == .days(1))
        #expect(configuration.collection.maximumConcurrentCalls == 4)
        #expect(configuration.collection.maximumConcurrentCallsToAll == 64)
        #expect(configuration.collection.maximumReplySize == 64 * 1024 * 1024)
    }

    static let full = """
        # Everything that can be written.
        targets:
          - name: archive
            url: https://mailstore.example.com:8463
            username: admin
            password_file: /etc/mailstore/password
            tls: { ca_file: /etc/ca.pem, pinned_public_key: \(SmallValueTests.pin), insecure_skip_verify: false }
            collectors: [jobs, server]
            server_time_zone: Europe/Berlin
            expected_intervals:
              jobs: { "Nightly: backup": 1d, 7: off }
              profiles: { "12": 6h }
            verification: { schedule: daily 02:00, time_zone: UTC, stores: ["3"], include_indexes: true, stop_after: 6h,
              together: false, keep_logs: 5, max_concurrent_per_host: 3 }
            labels: { customer: "Acme, Inc. \\"West\\"", tier: 1 }
          - { name: second, url: "https://[::1]", edition: spe, username: "007", password_env: SECOND_PASSWORD,
              instances: { include: ["*-customer", "kunde?"], exclude: ["test-*"],
                labels: { "a*": { customer: acme } } }, tls: { insecure_skip_verify: true } }
          - name: third
            url: https://third
            username: admin
            password: "p: #1"
        target_files: [targets.d/*.yml, "/srv/[a-z] more.yml"]
        collection:
          interval: 2m
          timeout: 20s
          connect_timeout: 5s
          connection_max_age: 2m
          max_age: 10m
          lookback: 14d
          overlap: 2h
          max_concurrent_calls: 2
          max_concurrent_calls_to_all: 100
          max_reply_size: 8MiB
          intervals: { license: 30s }
        outcomes:
          completed_with_errors_is_success: true
          profile_expected_interval: off
        limits: { rows_per_reply: 5000, series_per_target: 20000 }
        state_directory: /var/lib/mailstore_exporter
        privacy: { hide_names: true }
        """

    @Test("every key arrives where it belongs")
    func everything() throws {
        let configuration = try ConfigurationExample.parse(Self.full)
        let expected = Configuration(
            targets: [
                TargetConfiguration(
                    name: "archive", url: try ServerURL(parsing: "https://mailstore.example.com"), username: "admin",
                    password: .file("/etc/mailstore/password"),
                    trust: .verified(caFile: "/etc/ca.pem", pin: try PublicKeyPin(parsing: SmallValueTests.pin)),
                    collectors: [.server, .jobs], serverTimeZone: TimeZone(identifier: "Europe/Berlin"),
                    expectedIntervals: ExpectedIntervals(
                        jobs: ["Nightly: backup": .every(.days(1)), "7": .off], profiles: ["12": .every(.hours(6))]),
                    verification: VerificationSettings(
                        schedule: try Schedule(parsing: "daily 02:00"), timeZone: TimeZone(identifier: "UTC"),
                        stores: .ids(["3"]), includesIndexes: true, stopAfter: .hours(6), keptLogs: 5,
                        atATimeOnHost: 3),
                    labels: TargetLabels(["customer": #"Acme, Inc. "West""#, "tier": "1"])),
                TargetConfiguration(
                    name: "second", url: try ServerURL(parsing: "https://[::1]"), edition: .serviceProvider,
                    username: "007", password: .environment("SECOND_PASSWORD"), trust: .unverified,
                    instances: InstanceSelection(
                        include: [try InstancePattern(parsing: "*-customer"), try InstancePattern(parsing: "kunde?")],
                        exclude: [try InstancePattern(parsing: "test-*")],
                        labels: [
                            .init(
                                pattern: try InstancePattern(parsing: "a*"), labels: TargetLabels(["customer": "acme"]))
                        ])),
                TargetConfiguration(
                    name: "third", url: try ServerURL(parsing: "https://third"), username: "admin",
                    password: .inline(Secret("p: #1"))),
            ],
            targetFiles: try ["targets.d/*.yml", "/srv/[a-z] more.yml"].map {
                try TargetFilePattern(
                    parsing: $0, paths: PathResolver(configurationFile: "config.yml", environment: [:]))
            },
            collection: CollectionSettings(
                baseInterval: .minutes(2), intervals: [.license: .seconds(30)], timeout: .seconds(20),
                connectTimeout: .seconds(5), connectionMaximumAge: .minutes(2), maximumAge: .minutes(10),
                lookback: .days(14), overlap: .hours(2),
                maximumConcurrentCalls: 2, maximumConcurrentCallsToAll: 100, maximumReplySize: 8 << 20),
            outcomes: OutcomeSettings(completedWithErrorsIsSuccess: true, profileExpectedInterval: .off),
            limits: LimitSettings(rowsPerReply: 5000, seriesPerTarget: 20_000),
            stateDirectory: "/var/lib/mailstore_exporter", hideNames: true)
        #expect(configuration == expected)
    }

    @Test("the example above has every key")
    func keys() {
        let keys =
            ConfigurationSchema.root + ConfigurationSchema.target + ConfigurationSchema.tls
            + ConfigurationSchema.instances
            + ConfigurationSchema.verification + ConfigurationSchema.expectedIntervals + ConfigurationSchema.collection
            + ConfigurationSchema.outcomes + ConfigurationSchema.limits + ConfigurationSchema.privacy
        for key in keys { #expect(Self.full.contains("\(key):"), "\(key)") }
    }

    @Test("an id wins over a name among the expected intervals")
    func expectedIntervals() throws {
        let target = try #require(try ConfigurationExample.parse(Self.full).targets.first)
        #expect(target.expectedIntervals.job(id: "3", name: "Nightly: backup") == .every(.days(1)))
        #expect(target.expectedIntervals.job(id: "7", name: "Nightly: backup") == .off)
        #expect(target.expectedIntervals.job(id: "8", name: nil) == nil)
        #expect(target.expectedIntervals.profile(id: "12", name: "x") == .every(.hours(6)))
        #expect(target.expectedIntervals.profile(id: "7", name: "x") == nil)
    }

    @Test("anchors, comments, a byte order mark, Windows line ends and empty sections are taken")
    func forms() throws {
        let text = """
            targets:
              - name: a
                url: https://a
                username: &user admin
                password_env: A
                tls:
              - { name: b, url: https://b, username: *user, password_env: B }
            collection: # nothing yet
            """
        let fromWindows = "\u{FEFF}" + text.replacingOccurrences(of: "\n", with: "\r\n")
        let configuration = try ConfigurationExample.parse(fromWindows)
        #expect(configuration.targets.map(\.username) == ["admin", "admin"])
    }

    @Test("a relative path counts from the folder of the file")
    func relativePaths() throws {
        let text =
            ConfigurationExample.smallest.replacingOccurrences(of: "/etc/mailstore/password", with: "secret")
            + "\nstate_directory: state"
        let configuration = try ConfigurationFile(path: "/etc/exporter/c.yml", text: text).validate(environment: [:])
        #expect(configuration.targets.first?.password == .file("/etc/exporter/secret"))
        #expect(configuration.stateDirectory == "/etc/exporter/state")
        #expect(try ConfigurationExample.parse(text).targets.first?.password == .file("secret"))
    }

    @Test(
        "systemd's folder of credentials is expanded",
        arguments: ["${CREDENTIALS_DIRECTORY}", "$CREDENTIALS_DIRECTORY"])
    func credentials(variable: String) throws {
        let text = ConfigurationExample.smallest
            .replacingOccurrences(of: "/etc/mailstore/password", with: variable + "/mailstore")
        let environment = ["CREDENTIALS_DIRECTORY": "/run/credentials/x.service"]
        let configuration = try ConfigurationExample.parse(text, environment: environment)
        #expect(configuration.targets.first?.password == .file("/run/credentials/x.service/mailstore"))
    }

    @Test("without systemd's folder, a command finds the password beside the configuration")
    func nearbyPassword() throws {
        let folder = try TemporaryFolder()
        let password = try folder.write("hush", to: "secret")
        let text = ConfigurationExample.smallest
            .replacingOccurrences(of: "/etc/mailstore/password", with: "${CREDENTIALS_DIRECTORY}/secret")
        let file = try folder.write(text, to: "config.yml")
        let configuration = try ConfigurationFile.load(path: file).validate(environment: [:])
        #expect(configuration.targets.first?.password == .file(password))
    }

    @Test("the state directory is the flag's, the file's, systemd's or data, in that order")
    func stateDirectory() throws {
        let environment = ["STATE_DIRECTORY": "/var/lib/one:/var/lib/two"]
        let plain = try ConfigurationFile(path: "c.yml", text: ConfigurationExample.smallest)
        let written = try ConfigurationFile(
            path: "c.yml", text: ConfigurationExample.smallest + "\nstate_directory: /srv/state")
        #expect(try plain.validate(environment: [:]).stateDirectory == "data")
        #expect(try plain.validate(environment: environment).stateDirectory == "/var/lib/one")
        #expect(try written.validate(environment: environment).stateDirectory == "/srv/state")
        #expect(try written.validate(environment: environment, stateDirectory: "flag").stateDirectory == "flag")
    }
}
