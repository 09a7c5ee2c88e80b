import OperatingSystem

/// All that is known of one target but its calls.
struct TargetSection {
    var target: Status.Target
    var now: Status.Moment
    /// Whether the heading leads to the target's own page, where nothing is left out.
    var isExcerpt: Bool

    var html: HTML {
        let more = isExcerpt ? target.name : nil
        return """
            <section class="card" aria-labelledby="target-\(target.name)">
            <div class="head"><h2 id="target-\(target.name)">\(heading)</h2> \(Piece.tag(target.state)) \
            <span class="soft small mono">\(target.url ?? "")</span></div>
            \(trouble)\(facts)\(running)
            <h3>Collectors</h3>
            \(CollectorTable(collectors: target.collectors, now: now, known: target.error).html)
            \(ThingTable(kind: .store, things: target.stores, now: now, target: more).html)
            \(ThingTable(kind: .job, things: target.jobs, now: now, target: more).html)
            \(ThingTable(kind: .profile, things: target.profiles, now: now, target: more).html)
            </section>

            """
    }

    private var heading: HTML {
        isExcerpt ? "<a href=\"/targets/\(target.name)\">\(target.name)</a>" : "Server"
    }

    private var trouble: HTML {
        switch target.state {
        case .up: ""
        case .unknown: Piece.note(.unknown, "The server has not been tried yet. Whatever is shown was known before.")
        case .down:
            if let error = target.error {
                Piece.note(
                    .bad,
                    """
                    <strong>\(Wording.reason(error.reason))</strong>: \(Piece.name(error.message))<br>\
                    <span class="soft small">What is shown below was known before.</span>
                    """)
            } else {
                Piece.note(.bad, "The server has let in no call lately: the page of the target lists its newest calls.")
            }
        }
    }

    private var facts: HTML {
        var facts = [
            fact("Version", version), fact("Certificate", certificate, isBroad: true), fact("Clock", clock),
        ]
        if let verification = target.verification { facts.append(fact("Verification", plan(verification))) }
        if target.stateSaveFailures > 0 {
            let times = Wording.count(target.stateSaveFailures, "time")
            facts.append(
                fact("State file", "\(Piece.tag(.bad, "not saved")) \(times) since the start; the log says why."))
        }
        return "<dl class=\"facts\">\(facts)</dl>"
    }

    private func fact(_ name: String, _ content: HTML, isBroad: Bool = false) -> HTML {
        "<div\(isBroad ? " class=\"broad\"" : "" as HTML)><dt>\(name)</dt><dd>\(content)</dd></div>\n"
    }

    private var version: HTML {
        guard let version = target.version else { return "<span class=\"soft\">unknown</span>" }
        let server: HTML = target.serverName.map { " <span class=\"soft\">on \(Piece.name($0))</span>" } ?? ""
        return "\(Piece.name(version))\(server)"
    }

    private var certificate: HTML {
        guard let certificate = target.certificate else { return "<span class=\"soft\">none seen yet</span>" }
        let hasEnded = certificate.notAfter.time <= now.time
        let word =
            if hasEnded {
                "expired"
            } else if !certificate.verified {
                "not verified"
            } else {
                certificate.health == .warning ? "ends soon" : "verified"
            }
        let by =
            switch certificate.verifiedBy {
            case "pin": "the pin"
            case "ca_file": "the CA file"
            case "system": "the system’s CAs"
            default: "nothing: the check is switched off"
            }
        return """
            \(Piece.tag(certificate.health, word)) <span class="soft small">checked by \(by)</span>
            <div>\(hasEnded ? "ended" : "ends") \(Piece.minute(certificate.notAfter)), \
            \(Piece.distance(certificate.notAfter, from: now))</div>
            <div class="soft small">public key <code>\(certificate.publicKeyPin)</code></div>
            """
    }

    private var clock: HTML {
        guard let skew = target.clockSkewSeconds else { return "<span class=\"soft\">unknown</span>" }
        // The server tells whole seconds only.
        if abs(skew) < 1 { return "in step with this machine" }
        let text: HTML = "\(Wording.span(skew)) \(skew > 0 ? "ahead of" : "behind") this machine"
        return abs(skew) < 60 ? text : "\(Piece.tag(.warning, "off")) \(text)"
    }

    private func plan(_ verification: Status.Verification) -> HTML {
        let next: HTML =
            verification.next.map { ", next \(Piece.distance($0, from: now)), \(Piece.minute($0))" } ?? ""
        return "<span class=\"mono\">\(verification.schedule)</span>\(next)"
    }

    private var running: HTML {
        guard let running = target.verification?.running else { return "" }
        let names = running.stores.prefix(5).map { id -> HTML in
            let name = target.stores.items.first { $0.id == id }?.name
            return name.map { "\(Piece.name($0)) <span class=\"soft small\">id\u{A0}\(id)</span>" } ?? "\(id)"
        }
        let more = running.stores.count > 5 ? " and \(running.stores.count - 5) more" : ""
        var details: [HTML] = ["since \(Piece.minute(running.start)), \(Piece.distance(running.start, from: now))"]
        if let messages = running.messagesVerified { details.append("\(Wording.count(messages)) messages") }
        if running.suspiciousLogLines > 0 {
            let lines = Wording.count(running.suspiciousLogLines, "line")
            details.append(Piece.tag(.warning, "\(lines) of its log may tell of damage"))
        }
        return """
            <div class="running"><strong>Verifying \(running.stores.count == 1 ? "the store" : "the stores") \
            \(Piece.list(Array(names), separator: ", "))\(more)</strong> \(progress(running)) \
            <span class="soft small">\(Piece.list(details))</span></div>
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
