internal import Foundation
import PlainText

extension Configuration {
    /// The effective configuration as a file, with defaults written out and secrets as `<secret>`.
    ///
    /// If it contains no inline password, the text is an equivalent configuration file. Targets of target files are
    /// comments.
    package func redactedYAML() -> String {
        let (own, others) = (targets.filter { origins[$0.name] == nil }, targets.filter { origins[$0.name] != nil })
        // An empty list is not a valid one.
        var lines = own.isEmpty && !targetFiles.isEmpty ? [] : ["targets:"]
        for target in own { lines += target.redactedYAML() }
        if !targetFiles.isEmpty { lines.append("target_files:") }
        lines += targetFiles.map { "  - \(YAMLText($0.description))" }
        var origin: String?
        for target in others {
            if origins[target.name] != origin {
                origin = origins[target.name]
                lines.append("# \(YAMLText(origin ?? ""))")
            }
            lines += target.redactedYAML().map { "#\($0)" }
        }
        lines += collection.yaml() + outcomes.yaml()
        lines += [
            "limits:", "  rows_per_reply: \(limits.rowsPerReply)", "  series_per_target: \(limits.seriesPerTarget)",
        ]
        lines.append("state_directory: \(YAMLText(stateDirectory))")
        lines += ["privacy:", "  hide_names: \(hideNames)"]
        return lines.joined(separator: "\n") + "\n"
    }
}

extension TargetConfiguration {
    fileprivate func redactedYAML() -> [String] {
        var lines = [
            "  - name: \(YAMLText(name))",
            "    url: \(YAMLText(url.description))",
            "    edition: \(edition?.rawValue ?? Edition.automatic)",
            "    username: \(YAMLText(username))",
        ]
        switch password {
        case .file(let path): lines.append("    password_file: \(YAMLText(path))")
        case .environment(let variable): lines.append("    password_env: \(YAMLText(variable))")
        case .inline(let secret): lines.append("    password: \(YAMLText(secret.description))")
        }
        lines.append("    tls:")
        if let caFile = trust.caFile { lines.append("      ca_file: \(YAMLText(caFile))") }
        if let pin = trust.pin { lines.append("      pinned_public_key: \(YAMLText(pin.description))") }
        lines.append("      insecure_skip_verify: \(trust.skipsVerification)")
        lines.append("    collectors: [\(collectors.map(\.rawValue).joined(separator: ", "))]")
        if edition != .server { lines += instances.yaml() }
        if let serverTimeZone { lines.append("    server_time_zone: \(YAMLText(serverTimeZone.configuredName))") }
        if let verification { lines += verification.yaml() }
        if !labels.all.isEmpty { lines.append("    labels:") }
        lines += labels.all.map { "      \($0.name): \(YAMLText($0.value))" }
        guard expectedIntervals != ExpectedIntervals() else { return lines }
        lines.append("    expected_intervals:")
        for (key, intervals) in [("jobs", expectedIntervals.jobs), ("profiles", expectedIntervals.profiles)] {
            guard !intervals.isEmpty else { continue }
            lines.append("      \(key):")
            lines += intervals.sorted { $0.key < $1.key }.map { "        \(YAMLText($0.key)): \($0.value)" }
        }
        return lines
    }
}

extension InstanceSelection {
    fileprivate func yaml() -> [String] {
        func list(_ patterns: [InstancePattern]) -> String {
            "[\(patterns.map { YAMLText($0.description).description }.joined(separator: ", "))]"
        }
        var lines = ["    instances:", "      include: \(list(include))"]
        if !exclude.isEmpty { lines.append("      exclude: \(list(exclude))") }
        if !labels.isEmpty { lines.append("      labels:") }
        for entry in labels {
            lines.append("        \(YAMLText(entry.pattern.description)):")
            lines += entry.labels.all.map { "          \($0.name): \(YAMLText($0.value))" }
        }
        return lines
    }
}

extension VerificationSettings {
    fileprivate func yaml() -> [String] {
        let chosen =
            switch stores {
            case .all: "all"
            case .current: "current"
            case .ids(let ids): "[\(ids.map { YAMLText($0).description }.joined(separator: ", "))]"
            }
        var lines = ["    verification:", "      schedule: \(YAMLText(schedule.description))"]
        if let timeZone { lines.append("      time_zone: \(YAMLText(timeZone.configuredName))") }
        return lines + [
            "      stores: \(chosen)",
            "      include_indexes: \(includesIndexes)",
            "      stop_after: \(stopAfter)",
            "      together: \(together)",
            "      keep_logs: \(keptLogs)",
            "      max_concurrent_per_host: \(atATimeOnHost)",
        ]
    }
}

extension CollectionSettings {
    fileprivate func yaml() -> [String] {
        var lines = ["collection:", "  timeout: \(timeout)", "  connect_timeout: \(connectTimeout)"]
        lines.append("  connection_max_age: \(connectionMaximumAge)")
        if let maximumAge { lines.append("  max_age: \(maximumAge)") }
        lines += [
            "  lookback: \(lookback)",
            "  overlap: \(overlap)",
            "  max_concurrent_calls: \(maximumConcurrentCalls)",
            "  max_concurrent_calls_to_all: \(maximumConcurrentCallsToAll)",
            "  max_reply_size: \(ByteSize(bytes: maximumReplySize))",
            "  intervals:",
        ]
        return lines + CollectorName.allCases.map { "    \($0.rawValue): \(interval(for: $0))" }
    }
}

extension OutcomeSettings {
    fileprivate func yaml() -> [String] {
        [
            "outcomes:",
            "  completed_with_errors_is_success: \(completedWithErrorsIsSuccess)",
            "  profile_expected_interval: \(profileExpectedInterval)",
        ]
    }
}

/// A text as a double-quoted YAML scalar (YAML 1.2, section 5.7), in which every text can be written on one line.
private struct YAMLText: CustomStringConvertible {
    let description: String

    init(_ text: String) {
        var written = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": written += "\\\(scalar)"
            case "\u{20}"..."\u{7E}", "\u{A1}"..."\u{167F}": written.unicodeScalars.append(scalar)
            default:
                // Letters and symbols are written unchanged; invisible characters and line breaks are escaped.
                if scalar.properties.isAlphabetic || scalar.properties.isEmoji {
                    written.unicodeScalars.append(scalar)
                } else {
                    let digits = String(scalar.value, radix: 16, uppercase: true)
                    written += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
                }
            }
        }
        description = "\"\(written)\""
    }
}
