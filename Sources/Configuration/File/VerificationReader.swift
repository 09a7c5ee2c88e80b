internal import Foundation
import PlainText

/// Reads the section `verification` of a target.
struct VerificationReader {
    private let section: MappingReader

    /// `nil` where the target has none, or one whose schedule is missing or wrong.
    static func read(_ target: MappingReader) -> VerificationSettings? {
        target.section("verification", keys: ConfigurationSchema.verification)
            .flatMap { VerificationReader(section: $0).read() }
    }

    private func read() -> VerificationSettings? {
        section.requires("schedule", example: "schedule: \"Sun 02:00\"")
        let schedule = section.value("schedule", Schedule.init(parsing:))
        let timeZone = section.value("time_zone", TimeZone.configured)
        let stores = section.has("stores") ? stores() : .all
        let includesIndexes = section.value("include_indexes", SimpleValue.flag)
        let stopAfter = section.value(
            "stop_after", PrometheusDuration.within(VerificationSettings.stopAfterRange))
        let together = section.value("together", SimpleValue.flag)
        let keptLogs = section.value("keep_logs", SimpleValue.number(in: VerificationSettings.keptLogsRange))
        if together == true, let stores, stores != .all {
            section.report("together", "verifies all stores at once, so it needs stores: all; remove one or the other")
        }
        guard let schedule, let stores else { return nil }
        let defaults = VerificationSettings(schedule: schedule)
        return VerificationSettings(
            schedule: schedule, timeZone: timeZone, stores: stores,
            includesIndexes: includesIndexes ?? defaults.includesIndexes, stopAfter: stopAfter ?? defaults.stopAfter,
            together: together ?? defaults.together, keptLogs: keptLogs ?? defaults.keptLogs)
    }

    private func stores() -> VerificationSettings.StoreSelection? {
        switch section.content("stores") {
        case .text("all"): return .all
        case .text("current"): return .current
        case .text(let text):
            let near = NearestName.find(text, among: ["all", "current"])
            let remedy = near.map { "did you mean \($0)?" } ?? "write all, current, or a list of ids such as [11, 12]"
            section.report("stores", "\(QuotedText(text)) is no choice of stores; \(remedy)")
            return nil
        case .list, .mapping, .nothing, nil:
            return section.items("stores").flatMap(ids)
        }
    }

    private func ids(_ items: [ConfigurationNode]) -> VerificationSettings.StoreSelection? {
        var found: [String] = []
        for (index, item) in items.enumerated() {
            let key = "\(section.path("stores"))[\(index)]"
            guard case .text(let text) = item.content else {
                section.mistakes.add("must be the id of a store, not \(item.kind)", key: key, line: item.line)
                continue
            }
            guard let id = section.mistakes.parse(text, key: key, line: item.line, SimpleValue.line) else { continue }
            if found.contains(id) {
                section.mistakes.add("\(QuotedText(id)) is named twice; keep one", key: key, line: item.line)
            }
            found.append(id)
        }
        return .ids(found)
    }
}
