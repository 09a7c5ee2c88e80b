internal import Foundation

extension VerificationSettings {
    /// The lines of the section `verification` of a target, at their place in the file.
    package func yaml() -> [String] {
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
        ]
    }
}
