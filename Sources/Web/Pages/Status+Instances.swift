import Collection
import Configuration
import MailStoreAPI
import OperatingSystem

extension Status {
    /// What the service of a Service Provider Edition reports about itself.
    struct Service: Sendable, Encodable {
        struct Message: Sendable, Encodable {
            /// `information`, `warning`, `error`, or another word of the server.
            var severity: String
            /// Absent if names are hidden: the server writes it freely.
            var text: String?
            var health: Health
        }

        /// One role of a machine.
        struct Host: Sendable, Encodable {
            var name: String
            var role: String?
            var active: Bool?
            var instances: Int64?
            var runningInstances: Int64?
            var memoryBytes: Int64?
        }

        /// The most messages and the most hosts to list.
        static let limit = 200

        /// The number of messages of each severity.
        var messageCounts: [String: Int]
        /// The worst first.
        var messages: [Message]
        var hosts: [Host]

        init?(_ report: TargetReport) {
            guard let status = report.values(of: EnvironmentCollector.self)?.status else { return nil }
            let counts = status.messageCounts ?? []
            messageCounts = Dictionary(counts.map { (Target.named($0.severity), $0.count) }) { $0 + $1 }
            let made = (status.messages ?? []).map { message in
                Message(
                    severity: Target.named(message.severity ?? "unknown"),
                    text: report.hidesNames ? nil : message.text.map(Target.named),
                    health: Health(severity: message.severity))
            }
            messages = Array(made.worstFirst(\.health).prefix(Self.limit))
            hosts = (status.hosts ?? []).prefix(Self.limit).map { host in
                Host(
                    name: Target.named(host.serverName), role: host.serverType.map(Target.named), active: host.active,
                    instances: host.instances, runningInstances: host.runningInstances, memoryBytes: host.memoryBytes)
            }
        }
    }

    /// The instances of a Service Provider Edition: the ones to show, and the total counts.
    struct InstanceList: Sendable, Encodable {
        /// The chosen ones.
        var total: Int
        /// How many the server lists.
        var listed: Int
        /// The number of instances that should run and do not, or of which data cannot be collected.
        var failing: Int
        /// The number of instances with a condition that deserves a look.
        var warning: Int
        /// How many of the chosen ones match the search.
        var found: Int
        var items: [Instance]

        init?(_ report: TargetReport, at now: Timestamp, _ extent: Extent) {
            guard let values = report.values(of: InstancesCollector.self) else { return nil }
            var made = report.instances.map { Instance($0, in: report, at: now) }
            total = made.count
            listed = values.listedCount
            failing = made.count { $0.health == .bad }
            warning = made.count { $0.health == .warning }
            if let search = extent.instances.search { made = made.filter { $0.matches(search) } }
            found = made.count
            if extent.worstFirst { made = made.worstFirst(\.health) }
            items = Array(made.dropFirst(extent.instances.skipped).prefix(min(extent.items, extent.instances.size)))
        }

        private enum CodingKeys: String, CodingKey {
            case total, listed, failing, warning, items
        }
    }

    /// One instance, and why it is not in order.
    struct Instance: Sendable, Encodable {
        var id: String
        /// The id as it is in links; not in the JSON.
        var rawID: String
        var name: String?
        var alias: String?
        var host: String?
        var startMode: String?
        var status: String?
        var health: Health
        /// What is not in order, for people; empty if nothing is.
        var reasons: [String]
        /// Whether service provider access is on.
        var providerAccess: Bool?
        var canArchive: Bool?
        var messages: Int64?
        var sizeBytes: Int64?
        var privateMemoryBytes: Int64?
        var lastCollection: Moment?
        /// The number of its stores, jobs and profiles that need attention.
        var failingItems: Int
        /// The number of those whose last success is longer ago than expected.
        var lateItems: Int

        init(_ page: InstancePage, in target: TargetReport, at now: Timestamp) {
            let (entry, hidesNames) = (page.entry, target.hidesNames)
            let (instance, facts) = (entry.instance, entry.facts)
            let report = page.report(in: target)
            let lists = [
                ItemList(storesOf: report, at: now, .counts), ItemList(jobsOf: report, at: now, .counts),
                ItemList(profilesOf: report, at: now, .counts),
            ]
            failingItems = lists.reduce(0) { $0 + $1.failing }
            lateItems = lists.reduce(0) { $0 + $1.late }
            (id, rawID) = (Target.named(instance.id), instance.id)
            name = hidesNames ? nil : instance.displayName.map(Target.named)
            alias = hidesNames ? nil : instance.alias.map(Target.named)
            host = instance.host.map(Target.named)
            startMode = instance.startMode.map(Target.named)
            status = instance.status.map(Target.named)
            providerAccess = facts.providerAccess
            canArchive = facts.canArchive
            messages = facts.statistics?.messages
            sizeBytes = facts.statistics?.sizeBytes
            privateMemoryBytes = facts.process?.privateMemoryBytes
            lastCollection = Moment(entry.lastCollection)
            var found = Self.findings(entry, hidesNames: hidesNames)
            if failingItems > 0 {
                found.append((.bad, Formatting.count(failingItems, "item needs attention", "items need attention")))
            }
            if lateItems > 0 { found.append((.warning, Formatting.count(lateItems, "item is late", "items are late"))) }
            health = found.map(\.health).max { $0.urgency < $1.urgency } ?? (entry.isUp == true ? .good : .unknown)
            reasons = found.map(\.reason)
        }

        private enum CodingKeys: String, CodingKey {
            case id, name, alias, host, startMode, status, health, reasons, providerAccess, canArchive, messages
            case sizeBytes, privateMemoryBytes, lastCollection, failingItems, lateItems
        }

        /// Whether the text is part of its id, a name or its host; case is ignored.
        fileprivate func matches(_ text: String) -> Bool {
            [id, name, alias, host].contains { $0?.lowercased().contains(text.lowercased()) == true }
        }

        private static func findings(
            _ entry: InstanceTable.Entry, hidesNames: Bool
        ) -> [(health: Health, reason: String)] {
            let (instance, facts) = (entry.instance, entry.facts)
            var found: [(Health, String)] = []
            if instance.hasStartStopError == true {
                let text = hidesNames ? nil : instance.startStopError.flatMap { $0.isEmpty ? nil : Target.named($0) }
                found.append((.bad, "starting or stopping it failed" + (text.map { ": \($0)" } ?? "")))
            }
            if let status = instance.status, status.lowercased() != "running" {
                let isOnPurpose = ["manual", "disabled"].contains(instance.startMode?.lowercased())
                let health: Health = isOnPurpose ? .unknown : instance.isStopped ? .bad : .warning
                found.append(
                    (
                        health,
                        "it is \(Target.named(status))" + (isOnPurpose ? ", and is not started automatically" : "")
                    ))
            }
            if let failure = entry.failure { found.append((.bad, Target.named(failure))) }
            if facts.canArchive == false {
                found.append((.warning, "its profiles cannot archive: it may be in safe mode"))
            }
            if facts.providerAccess == false {
                found.append((.unknown, "service provider access is off, so some data is missing"))
            }
            if entry.isBeyondLimit {
                found.append((.warning, "it has no metrics: limits.series_per_target is reached"))
            }
            return found
        }
    }
}

extension Status.Health {
    /// The health that a message of the service means.
    init(severity: String?) {
        switch severity?.lowercased() {
        case "error": self = .bad
        case "warning": self = .warning
        case "information": self = .good
        default: self = .unknown
        }
    }
}

extension Array {
    /// The elements with the worst health first, otherwise in the same order.
    func worstFirst(_ health: KeyPath<Element, Status.Health>) -> [Element] {
        indices.sorted { left, right in
            let (leftUrgency, rightUrgency) = (
                self[left][keyPath: health].urgency, self[right][keyPath: health].urgency
            )
            return leftUrgency == rightUrgency ? left < right : leftUrgency > rightUrgency
        }.map { self[$0] }
    }
}

extension InstanceStatistics {
    /// The known parts together, in bytes; `nil` if none is known or the sum is no number of bytes.
    fileprivate var sizeBytes: Int64? {
        let parts = [databaseMegabytes, contentMegabytes, indexMegabytes].compactMap(\.self)
        guard !parts.isEmpty else { return nil }
        return Int64(exactly: (parts.reduce(0, +) * 1_048_576).rounded())
    }
}
