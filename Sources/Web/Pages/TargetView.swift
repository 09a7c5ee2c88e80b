import Collection
import Configuration
import MicroHTTPServer
import OperatingSystem
import PlainText

/// The page at `/targets/NAME`: one target with its newest calls.
struct TargetView {
    var status: Status
    var target: Status.Target
    /// Which of its instances are listed.
    var query = Status.InstanceQuery()

    var html: HTML {
        PageFrame(title: "\(target.name) – MailStore exporter", place: .target, status: status)
            .document(
                """
                <h1>\(target.name)</h1>
                <p class="lead"><a href="\(PagePlace.target.link(""))">All targets</a> · \
                <a href="\(PagePlace.target.link("probe?target=\(target.name)"))">Metrics of this target</a></p>
                \(TargetSection(target: target, now: status.time, isExcerpt: false, query: query).html)\
                <section class="card" aria-labelledby="calls">
                <h2 id="calls">Calls</h2>
                <p class="soft">The last \(CallLog.capacity) successful calls and the last \(CallLog.capacity) failed ones, \
                newest first.</p>
                \(CallTable(calls: target.calls).html)
                </section>
                \(RunStrip.legend)
                """)
    }
}

/// The page for a target that is not configured.
struct MissingTargetView {
    /// The most names to list.
    static let listed = 100

    var status: Status
    /// The name in the request.
    var name: String
    /// The configured targets.
    var names: [String]
    /// The shard that has the target, if it is another one.
    var shard: Shard?

    var html: HTML {
        let asked = Status.Target.named(name)
        let near: HTML =
            NearestName.find(asked, among: names).map {
                " Did you mean <a href=\"\(PagePlace.target.link(target: $0))\">\($0)</a>?"
            } ?? ""
        let place: HTML = shard.map { " It belongs to the exporter with --shard=\($0.description)." } ?? ""
        let links = names.prefix(Self.listed).map {
            "<li><a href=\"\(PagePlace.target.link(target: $0))\">\($0)</a></li>\n" as HTML
        }
        let more = names.count - links.count
        return PageFrame(title: "No such target – MailStore exporter", place: .target, status: status).document(
            """
            <h1>No target \(Component.name("“\(asked)”"))</h1>
            <p class="lead">Only the targets in the configuration have a page.\(place)\(near)</p>
            <section class="card" aria-labelledby="targets">
            <h2 id="targets">Configured targets</h2>
            <ul>\(links)</ul>
            \(more > 0 ? "<p>and \(Formatting.count(Int64(more))) more</p>" : "" as HTML)
            </section>
            """)
    }
}

/// Everything that is known about one target, without its calls.
struct TargetSection {
    var target: Status.Target
    var now: Status.Moment
    /// Whether the heading links to the target's own page, which is complete.
    var isExcerpt: Bool
    var query = Status.InstanceQuery()

    var html: HTML {
        let more = isExcerpt ? target.name : nil
        return """
            <section class="card" aria-labelledby="target-\(target.name)">
            <div class="head"><h2 id="target-\(target.name)">\(heading)</h2> \(Component.tag(target.state)) \
            <span class="soft small mono">\(target.url ?? "")</span></div>
            \(problem)\(notes)\(facts)\(running)
            <h3>Collectors</h3>
            \(CollectorTable(collectors: target.collectors, now: now, known: target.error).html)
            \(ServiceSection(target: target, now: now, isExcerpt: isExcerpt, query: query).html)
            \(ItemTable(kind: .store, list: target.stores, now: now, target: more).html)
            \(ItemTable(kind: .job, list: target.jobs, now: now, target: more).html)
            \(ItemTable(kind: .profile, list: target.profiles, now: now, target: more).html)
            </section>

            """
    }

    private var heading: HTML {
        isExcerpt ? "<a href=\"\(PagePlace.top.link(target: target.name))\">\(target.name)</a>" : "Server"
    }

    private var problem: HTML {
        switch target.state {
        case .up: ""
        case .unknown:
            Component.note(.unknown, "The server has not been contacted yet. The data below may be outdated.")
        case .down:
            if let error = target.error {
                Component.note(
                    .bad,
                    """
                    <strong>\(Formatting.reason(error.reason))</strong>: \(Component.name(error.message))<br>\
                    <span class="soft small">The data below may be outdated.</span>
                    """)
            } else {
                Component.note(.bad, "No recent call succeeded. The target’s own page lists its last calls.")
            }
        }
    }

    private var notes: HTML {
        HTML((target.notes ?? []).map { Component.note(.warning, "\(Component.name($0))") })
    }

    private var facts: HTML {
        var facts = [
            fact("Version", version), fact("Certificate", certificate, isBroad: true), fact("Clock", clock),
        ]
        if let verification = target.verification { facts.append(fact("Verification", plan(verification))) }
        if target.stateSaveFailures > 0 {
            let times = Formatting.count(target.stateSaveFailures, "time")
            facts.append(
                fact("State file", "\(Component.tag(.bad, "not saved")) \(times) since the start. See the log."))
        }
        if target.seriesLimited {
            facts.append(
                fact(
                    "Series",
                    """
                    \(Component.tag(.warning, "limited")) Some items have no metrics. See the log, and <code>limits</code> \
                    in the configuration.
                    """))
        }
        return "<dl class=\"facts\">\(facts)</dl>"
    }

    private func fact(_ name: String, _ content: HTML, isBroad: Bool = false) -> HTML {
        "<div\(isBroad ? " class=\"broad\"" : "" as HTML)><dt>\(name)</dt><dd>\(content)</dd></div>\n"
    }

    private var version: HTML {
        guard let version = target.version else { return "<span class=\"soft\">unknown</span>" }
        let server: HTML = target.serverName.map { " <span class=\"soft\">on \(Component.name($0))</span>" } ?? ""
        let edition: HTML = target.edition == "spe" ? " <span class=\"soft\">Service Provider Edition</span>" : ""
        return "\(Component.name(version))\(edition)\(server)"
    }

    private var certificate: HTML {
        guard let certificate = target.certificate else { return "<span class=\"soft\">not seen yet</span>" }
        let hasExpired = certificate.notAfter.time <= now.time
        let word =
            if hasExpired {
                "expired"
            } else if !certificate.verified {
                "not verified"
            } else {
                certificate.health == .warning ? "expires soon" : "verified"
            }
        let by =
            switch certificate.verifiedBy {
            case "pin": "the pin"
            case "ca_file": "the CA file"
            case "system": "the system’s CAs"
            default: "nothing: verification is turned off"
            }
        return """
            \(Component.tag(certificate.health, word)) <span class="soft small">checked by \(by)</span>
            <div>\(hasExpired ? "expired" : "expires") \(Component.minute(certificate.notAfter)), \
            \(Component.distance(certificate.notAfter, from: now))</div>
            <div class="soft small">public key <code>\(certificate.publicKeyPin)</code></div>
            \(thumbprint("SHA-1", certificate.sha1))\(thumbprint("SHA-256", certificate.sha256))
            """
    }

    private func thumbprint(_ name: String, _ digits: String) -> HTML {
        digits.isEmpty ? "" : "<div class=\"soft small\">\(name) <code>\(digits)</code></div>"
    }

    private var clock: HTML {
        guard let skew = target.clockSkewSeconds else { return "<span class=\"soft\">unknown</span>" }
        // The server's clock is known only to the second.
        if abs(skew) < 1 { return "same as this machine" }
        let text: HTML = "\(Formatting.span(skew)) \(skew > 0 ? "ahead of" : "behind") this machine"
        return abs(skew) < 60 ? text : "\(Component.tag(.warning, "off")) \(text)"
    }

    private func plan(_ verification: Status.Verification) -> HTML {
        let next: HTML =
            verification.next.map { ", next \(Component.distance($0, from: now)), \(Component.minute($0))" } ?? ""
        return "<span class=\"mono\">\(verification.schedule)</span>\(next)"
    }

    private var running: HTML {
        guard let running = target.verification?.running else { return "" }
        let names = running.stores.prefix(5).map { id -> HTML in
            let name = target.stores.items.first { $0.id == id }?.name
            return name.map { "\(Component.name($0)) <span class=\"soft small\">id\u{A0}\(id)</span>" } ?? "\(id)"
        }
        let more = running.stores.count > 5 ? " and \(running.stores.count - 5) more" : ""
        var details: [HTML] = [
            "since \(Component.minute(running.start)), \(Component.distance(running.start, from: now))"
        ]
        if let messages = running.messagesVerified { details.append("\(Formatting.count(messages, "message"))") }
        if running.suspiciousLogLines > 0 {
            let lines = Formatting.count(running.suspiciousLogLines, "line")
            details.append(Component.tag(.warning, "\(lines) of its log may report damage"))
        }
        return """
            <div class="running"><strong>Verifying \(running.stores.count == 1 ? "the store" : "the stores") \
            \(Component.list(Array(names), separator: ", "))\(more)</strong> \(progress(running)) \
            <span class="soft small">\(Component.list(details))</span></div>
            """
    }

    private func progress(_ running: Status.Verification.Running) -> HTML {
        guard let progress = running.progress, (0...1).contains(progress) else {
            return "<span class=\"soft\">progress unknown</span>"
        }
        let percent = Int((progress * 100).rounded(.down))
        return """
            <progress max="100" value="\(percent)" aria-label="Progress"></progress> <span>\(percent) %</span>
            """
    }
}

/// The collectors of a target: whether they work, when they last succeeded, and why they fail.
struct CollectorTable {
    var collectors: [Status.Collector]
    var now: Status.Moment
    /// The failure of the whole target, which is shown above the table.
    var known: Status.Failure?

    var html: HTML {
        Table(
            label: "Collectors", style: "collectors",
            columns: ["Collector", "State", "Supported", "Last success", "Duration", "Last error or warning"]
        ).html(collectors.map(row))
    }

    private func row(_ collector: Status.Collector) -> [Table.Cell] {
        let supported =
            switch collector.supported {
            case true?: "yes"
            case false?: "no"
            case nil: "unknown"
            }
        var error: HTML = ""
        if let failure = collector.error, failure.isSame(as: known) {
            error = "<span class=\"mono failure\">\(failure.reason)</span> as above"
        } else if let failure = collector.error {
            error = "<span class=\"mono failure\">\(failure.reason)</span> \(Component.name(failure.message))"
        } else if collector.state == .unsupported {
            error = "<span class=\"soft\">The server does not have the functions it needs.</span>"
        } else {
            error = Component.list(collector.warnings.map(Component.name), separator: "<br>")
        }
        return [
            Table.Cell(
                content: """
                    \(collector.name) <span class="soft small">every \(Formatting.span(collector.intervalSeconds))</span>
                    """),
            Table.Cell(content: Self.tag(collector), fits: true),
            Table.Cell(content: "\(supported)", fits: true),
            Table.Cell(
                content: collector.lastSuccess.map { Component.distance($0, from: now) } ?? "never", fits: true),
            Table.Cell(content: collector.durationSeconds.map { "\(Formatting.span($0))" } ?? "", fits: true),
            Table.Cell(content: error, isWide: true),
        ]
    }

    private static func tag(_ collector: Status.Collector) -> HTML {
        switch collector.state {
        case .working where !collector.warnings.isEmpty: Component.tag(.warning, "incomplete")
        case .working: Component.tag(.good, "OK")
        case .failing: Component.tag(.bad, "failing")
        case .unsupported: Component.tag(.unknown, "not supported")
        case .unknown: Component.tag(.unknown, "not tried yet")
        }
    }
}

/// The last calls to a target.
struct CallTable {
    var calls: [CallLog.Entry]

    var html: HTML {
        guard !calls.isEmpty else { return "<p class=\"soft\">No call has been made yet.</p>" }
        return Table(
            label: "Calls", style: "calls", columns: ["Function", "Started", "Duration", "Size", "Status", "Result"]
        ).html(calls.map(row))
    }

    private func row(_ call: CallLog.Entry) -> [Table.Cell] {
        var outcome = Component.tag(.good, "OK")
        if let failure = call.failure.map({ Status.Failure($0) }) {
            outcome = "<span class=\"mono failure\">\(failure.reason)</span> \(Component.name(failure.message))"
        }
        return [
            Table.Cell(content: "<span class=\"mono\">\(call.function)</span>"),
            Table.Cell(content: Component.second(Status.Moment(call.start)), fits: true),
            Table.Cell(content: call.duration.map { "\(Formatting.span($0.inSeconds))" } ?? "", fits: true),
            Table.Cell(content: call.replySize.map { "\(Formatting.bytes(Int64($0)))" } ?? "", fits: true),
            Table.Cell(content: call.status.map { "HTTP \($0)" } ?? "", fits: true),
            Table.Cell(content: outcome, isWide: call.failure != nil),
        ]
    }
}
