internal import Foundation
internal import MailStoreAPI
import PlainText

/// Reads the items of `targets`.
struct TargetReader {
    private let section: MappingReader
    private let paths: PathResolver

    /// Every target without a mistake; those with one are left out and their mistakes noted.
    static func readAll(_ root: MappingReader, paths: PathResolver) -> [TargetConfiguration] {
        root.requires("targets", example: "- name: archive, with url, username and password_file")
        var targets: [TargetConfiguration] = []
        var lines: [String: Int] = [:]
        for (index, item) in (root.items("targets") ?? []).enumerated() {
            let path = "\(root.path("targets"))[\(index)]"
            guard
                let section = MappingReader(
                    item, path: path, line: item.line, keys: ConfigurationSchema.target, mistakes: root.mistakes)
            else { continue }
            let name = section.value("name", TargetName.parse)
            if let name, let first = lines.updateValue(lines[name] ?? section.line(of: "name"), forKey: name) {
                section.report("name", "\"\(name)\" is taken by the target in line \(first); give each its own name")
            }
            if let target = TargetReader(section: section, paths: paths).read(name: name) { targets.append(target) }
        }
        return targets
    }

    private func read(name: String?) -> TargetConfiguration? {
        section.requires("name", example: "name: archive")
        section.requires("url", example: "url: https://mailstore.example.com:8463")
        section.requires("username", example: "username: admin")
        // Everything is read before anything is given up, so that all mistakes are found.
        let url = section.value("url", ServerURL.init(parsing:))
        let username = section.value("username", SimpleValue.username)
        let password = password()
        let trust = trust()
        let collectors = collectors()
        let serverTimeZone = section.value("server_time_zone", TimeZone.configured)
        let expectedIntervals = expectedIntervals()
        let verification = VerificationReader.read(section)
        guard let name, let url, let username, let password else { return nil }
        return TargetConfiguration(
            name: name, url: url, username: username, password: password, trust: trust, collectors: collectors,
            serverTimeZone: serverTimeZone, expectedIntervals: expectedIntervals, verification: verification)
    }

    private func password() -> PasswordSource? {
        let keys = ["password_file", "password_env", "password"].filter(section.has)
        if keys.count > 1 {
            section.report(keys[1], "is given besides \(keys[0]); keep one of password_file, password_env and password")
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
            let message = "makes \(others.joined(separator: " and ")) useless; remove one or the other"
            tls.report("insecure_skip_verify", message)
        }
        return .unverified
    }

    private func collectors() -> [CollectorName] {
        guard section.has("collectors") else { return CollectorName.allCases }
        var chosen: Set<CollectorName> = []
        for (index, item) in (section.items("collectors") ?? []).enumerated() {
            let key = "\(section.path("collectors"))[\(index)]"
            guard case .text(let text) = item.content else {
                let message = "must be the name of a collector, not \(item.kind)"
                section.mistakes.add(message, key: key, line: item.line)
                continue
            }
            let name = section.mistakes.parse(text, key: key, line: item.line, CollectorName.parse)
            if let name, !chosen.insert(name).inserted {
                section.mistakes.add("\"\(text)\" is named twice; keep one", key: key, line: item.line)
            }
        }
        return CollectorName.allCases.filter(chosen.contains)
    }

    private func expectedIntervals() -> ExpectedIntervals {
        let keys = ConfigurationSchema.expectedIntervals
        guard let both = section.section("expected_intervals", keys: keys) else { return ExpectedIntervals() }
        return ExpectedIntervals(jobs: intervals(both, "jobs"), profiles: intervals(both, "profiles"))
    }

    private func intervals(_ both: MappingReader, _ key: String) -> [String: ExpectedInterval] {
        guard let section = both.section(key, keys: nil) else { return [:] }
        var found: [String: ExpectedInterval] = [:]
        for entry in section.entries { found[entry.key] = section.value(entry.key, ExpectedInterval.parse) }
        return found
    }
}
