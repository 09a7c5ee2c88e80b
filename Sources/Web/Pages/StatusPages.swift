package import Collection
import Configuration
import Foundation
import MailStoreAPI
import MicroHTTPServer
package import OperatingSystem

/// Renders the status pages and their JSON from the newest reports.
///
/// Pages are rendered on demand, one at a time, not on the threads that answer scrapes, and are reused for a second. No
/// page calls MailStore.
package actor StatusPages {
    /// How long a rendered page is reused.
    private static let freshness = Duration.seconds(1)

    private enum Page: Hashable {
        case overview
        case target(String, Status.InstanceQuery)
        case instance(String, String)
        case json
    }

    private let store: SnapshotStore
    private let build: BuildInformation
    private let configuration: ConfigurationStatus
    private let clock: Clock
    private var made: [Page: (response: Response, time: Duration)] = [:]

    private let telemetryPath: String

    package init(
        store: SnapshotStore, build: BuildInformation, configuration: ConfigurationStatus,
        telemetryPath: String = WebSettings.usualTelemetryPath, clock: Clock
    ) {
        self.store = store
        self.telemetryPath = telemetryPath
        self.build = build
        self.configuration = configuration
        self.clock = clock
    }

    /// The page at `/`.
    func overview() -> Response {
        fresh(.overview) {
            let names = store.targetNames
            let status = status(of: names, OverviewPage.extent(targets: names.count))
            return Self.page(OverviewPage(status: status).html)
        }
    }

    /// The page of one target, or of one of its instances, with its HTTP status.
    func target(
        _ name: String, instance: String? = nil, _ query: Status.InstanceQuery = .init()
    ) -> (status: Int, Response) {
        let names = store.targetNames
        guard names.contains(name) else {
            let page = MissingTargetView(
                status: status(of: [], .json), name: name, names: names, shard: otherShard(of: name))
            return (404, Self.page(page.html))
        }
        if let instance { return self.instance(instance, of: name) }
        let response = fresh(.target(name, query)) {
            var extent = Status.Extent.target
            extent.instances = query
            let status = status(of: [name], extent)
            let target = status.targets.first ?? .init(name: name)
            return Self.page(TargetView(status: status, target: target, query: query).html)
        }
        return (200, response)
    }

    private func instance(_ id: String, of name: String) -> (status: Int, Response) {
        let now = clock.now()
        guard let page = store.page(of: name)?.page, let report = page.report,
            let instance = page.instance(id)
        else {
            return (404, Self.page(MissingInstanceView(status: status(of: [], .json), name: id, target: name).html))
        }
        let response = fresh(.instance(name, id)) {
            var target = Status.Target(
                instance.report(in: report), stateSaveFailures: instance.entry.outcomes?.saveFailures ?? 0, at: now,
                .target)
            target.instance = Status.Instance(instance, in: report, at: now)
            return Self.page(InstanceView(status: status(of: [], .json), target: target).html)
        }
        return (200, response)
    }

    /// The JSON at `/api/v1/status`.
    func json() -> Response {
        fresh(.json) {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let body = try? encoder.encode(Envelope(data: status(of: store.targetNames, .json)))
            return Self.response(Array(body ?? Data()), type: "application/json")
        }
    }

    /// The list of the targets at `/sd`, or of the instances of those that have any.
    nonisolated func discovery(byInstance: Bool) -> Response {
        let targets = Dictionary(configuration.configuration.targets.map { ($0.name, $0) }) { first, _ in first }
        let entries = store.targetNames.flatMap { name -> [TargetDiscovery.Entry] in
            let labels = targets[name]?.labels ?? TargetLabels()
            let report = byInstance ? store.page(of: name)?.page.report : nil
            guard let report, report.edition == .serviceProvider else {
                return [.init(target: name, byInstance: byInstance, labels: labels)]
            }
            return [.init(environmentOf: name, labels: labels)]
                + report.instances.map { page in
                    let id = page.entry.instance.id
                    return .init(target: name, instance: id, labels: targets[name]?.labels(ofInstance: id) ?? labels)
                }
        }
        return TargetDiscovery.response(for: entries)
    }

    /// The shard that has a target, if it is another one.
    nonisolated func otherShard(of name: String) -> Shard? {
        guard let sharding = configuration.configuration.sharding, sharding.others.contains(name) else { return nil }
        return sharding.shard.owner(of: name)
    }

    /// The configuration in force, secrets as `<secret>`.
    nonisolated func configurationText() -> Response {
        Self.response(Array(configuration.configuration.redactedYAML().utf8), type: "text/plain; charset=utf-8")
    }

    private struct Envelope: Encodable {
        var status = "success"
        var data: Status
    }

    private func status(of names: [String], _ extent: Status.Extent) -> Status {
        let now = clock.now()
        var status = Status(
            exporter: .init(
                version: BuildInformation.version, revision: build.revision, swiftVersion: build.swiftVersion),
            configuration: .init(configuration.lastReload, shard: configuration.configuration.sharding?.shard),
            time: Status.Moment(now),
            targets: names.map { name in
                guard let page = store.page(of: name)?.page, let report = page.report else {
                    return Status.Target(name: name)
                }
                return Status.Target(report, stateSaveFailures: page.stateSaveFailures, at: now, extent)
            })
        status.telemetryPath = telemetryPath
        return status
    }

    private func fresh(_ page: Page, _ make: () -> Response) -> Response {
        let now = clock.uptime()
        made = made.filter { now - $0.value.time < Self.freshness }
        if let page = made[page] { return page.response }
        let response = make()
        made[page] = (response, now)
        return response
    }

    private static func page(_ html: HTML) -> Response {
        response(Array(html.text.utf8), type: "text/html; charset=utf-8")
    }

    /// A response in which no script can run, and which no page of another site can show.
    private static func response(_ body: [UInt8], type: String) -> Response {
        Response(
            page: body, type: type,
            headers: [
                (
                    name: "Content-Security-Policy",
                    value: "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; "
                        + "frame-ancestors 'none'"
                ),
                // For browsers that do not know frame-ancestors.
                (name: "X-Frame-Options", value: "DENY"), (name: "X-Content-Type-Options", value: "nosniff"),
                (name: "Referrer-Policy", value: "no-referrer"),
            ])
    }
}
