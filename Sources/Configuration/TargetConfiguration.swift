package import Foundation
internal import MailStoreAPI
import PlainText

/// One MailStore server to monitor.
package struct TargetConfiguration: Sendable, Equatable {
    /// The value of the label `target`: unique, `[A-Za-z0-9._-]{1,64}`, not beginning with a dot.
    package var name: String
    package var url: ServerURL
    /// The edition of the server; `nil` lets the server's functions decide.
    package var edition: Edition?
    /// The login of an administrator who has the login privilege `api`.
    package var username: String
    package var password: PasswordSource
    package var trust: TLSTrust
    /// The enabled collectors, in the order of ``CollectorName/allCases``; at least one.
    package var collectors: [CollectorName]
    /// The instances to collect, of a Service Provider Edition.
    package var instances: InstanceSelection
    /// The time zone of times without an offset, for a server that does not know UTC; `nil` if none was set.
    package var serverTimeZone: TimeZone?
    package var expectedIntervals: ExpectedIntervals
    /// The verifications that the exporter itself runs; `nil` if it runs none.
    package var verification: VerificationSettings?
    package var labels: TargetLabels

    package init(
        name: String, url: ServerURL, edition: Edition? = nil, username: String, password: PasswordSource,
        trust: TLSTrust = .verified(caFile: nil, pin: nil), collectors: [CollectorName] = CollectorName.allCases,
        instances: InstanceSelection = InstanceSelection(), serverTimeZone: TimeZone? = nil,
        expectedIntervals: ExpectedIntervals = ExpectedIntervals(),
        verification: VerificationSettings? = nil, labels: TargetLabels = TargetLabels()
    ) {
        self.name = name
        self.url = url
        self.edition = edition
        self.username = username
        self.password = password
        self.trust = trust
        self.collectors = collectors
        self.instances = instances
        self.serverTimeZone = serverTimeZone
        self.expectedIntervals = expectedIntervals
        self.verification = verification
        self.labels = labels
    }
}

/// All settings on which the collection of one target depends; it is restarted only if they have changed.
package struct TargetSettings: Sendable, Equatable {
    package let target: TargetConfiguration
    /// The configuration without its targets.
    private var common: Configuration

    /// - Parameter configuration: The configuration that the target belongs to.
    package init(_ target: TargetConfiguration, of configuration: Configuration) {
        self.target = target
        common = configuration.withoutTargets
    }
}

/// A target as it is written in a file, with its place for messages about its name.
struct WrittenTarget: Sendable, Equatable {
    var configuration: TargetConfiguration
    /// The line of its name.
    var line: Int
    /// The path of its name: `targets[1].name`.
    var key: String

    var name: String { configuration.name }
}

/// Reads the items of `targets`.
struct TargetReader {
    private let section: MappingReader
    private let paths: PathResolver

    /// The valid targets; the mistakes in the others are reported.
    static func readAll(_ root: MappingReader, paths: PathResolver) -> [WrittenTarget] {
        if !root.has("target_files") {
            root.requires("targets", example: "- name: archive, with url, username and password_file")
        }
        var lines: [String: Int] = [:]
        return (root.items("targets") ?? []).compactMap { item in
            guard let section = root.section(item, keys: ConfigurationSchema.target) else { return nil }
            let name = section.value("name", TargetName.parse)
            if let name, let first = lines.updateValue(lines[name] ?? section.line(of: "name"), forKey: name) {
                section.report(
                    "name", "\"\(name)\" is already the name of the target in line \(first); choose another name")
            }
            return TargetReader(section: section, paths: paths).read(name: name).map {
                WrittenTarget(configuration: $0, line: section.line(of: "name"), key: section.path("name"))
            }
        }
    }

    private func read(name: String?) -> TargetConfiguration? {
        section.requires("name", example: "name: archive")
        section.requires("url", example: "url: https://mailstore.example.com:8463")
        section.requires("username", example: "username: admin")
        // All keys are read before the first return, so that all mistakes are found.
        let url = section.value("url", ServerURL.init(parsing:))
        let edition = section.value("edition", Edition.parse) ?? nil
        let username = section.value("username", SimpleValue.username)
        let password = password()
        let trust = trust()
        let collectors = collectors()
        let instances = InstanceSelection(section)
        let serverTimeZone = section.value("server_time_zone", TimeZone.configured)
        let expectedIntervals = ExpectedIntervals(section)
        let verification = VerificationSettings(section)
        let labels = TargetLabels(in: section, "labels") ?? TargetLabels()
        checkEdition(edition, verification)
        guard let name, let url, let username, let password else { return nil }
        return TargetConfiguration(
            name: name, url: url, edition: edition, username: username, password: password, trust: trust,
            collectors: collectors, instances: instances, serverTimeZone: serverTimeZone,
            expectedIntervals: expectedIntervals, verification: verification,
            labels: labels)
    }

    /// Reports keys that have no meaning for the edition that is set.
    private func checkEdition(_ edition: Edition?, _ verification: VerificationSettings?) {
        if edition == .serviceProvider, case .ids? = verification?.stores {
            section.report(
                "verification",
                "names stores by their ids, which mean another store on each instance of a Service Provider Edition; write "
                    + "stores: all or stores: current")
        }
        if edition == .server, section.has("instances") {
            section.report(
                "instances", "needs edition: spe or auto, because MailStore Server has no instances; remove it")
        }
    }

    private func password() -> PasswordSource? {
        let keys = ["password_file", "password_env", "password"].filter(section.has)
        if keys.count > 1 {
            section.report(
                keys[1], "is set as well as \(keys[0]); keep one of password_file, password_env and password")
        }
        if keys.isEmpty {
            section.requires("password_file", example: "password_file: /etc/mailstore_exporter/password")
        }
        let file = section.value("password_file", paths.resolvePassword)
        let variable = section.value("password_env", SimpleValue.environmentName)
        let inline = section.value("password", inlinePassword)
        return file.map(PasswordSource.file) ?? variable.map(PasswordSource.environment)
            ?? inline.map(PasswordSource.inline)
    }

    private func inlinePassword(_ text: String) throws(InvalidValue) -> Secret {
        do {
            return try PasswordSource.check(text, from: "the password")
        } catch {
            throw InvalidValue(error.description)
        }
    }

    private func trust() -> TLSTrust {
        guard let tls = section.section("tls", keys: ConfigurationSchema.tls) else {
            return .verified(caFile: nil, pin: nil)
        }
        let caFile = tls.value("ca_file", paths.resolve)
        let pin = tls.value("pinned_public_key", PublicKeyPin.init(parsing:))
        guard tls.value("insecure_skip_verify", SimpleValue.flag) ?? false else {
            return .verified(caFile: caFile, pin: pin)
        }
        let others = ["ca_file", "pinned_public_key"].filter(tls.has)
        if !others.isEmpty {
            let message = "cannot be combined with \(others.joined(separator: " and ")); remove one or the other"
            tls.report("insecure_skip_verify", message)
        }
        return .unverified
    }

    private func collectors() -> [CollectorName] {
        guard section.has("collectors") else { return CollectorName.allCases }
        let chosen = section.values("collectors", of: "the name of a collector", CollectorName.parse) ?? []
        return CollectorName.allCases.filter(chosen.contains)
    }
}
