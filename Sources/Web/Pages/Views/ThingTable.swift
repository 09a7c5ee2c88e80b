import MailStoreAPI

/// The jobs, profiles or stores of a target, each with its last runs.
struct ThingTable {
    enum Kind: String {
        case job = "Job"
        case profile = "Profile"
        case store = "Store"

        var plural: String { rawValue + "s" }
        /// What a run of it is called.
        var run: String { self == .store ? "verification" : "run" }
    }

    var kind: Kind
    var things: Status.Things
    var now: Status.Moment
    /// Where the rest is, if not all are shown: the name of the target.
    var target: String?

    var html: HTML {
        guard things.total > 0 else { return "" }
        return """
            <h3>\(kind == .store ? "Stores and their verifications" : kind.plural) \(counts)</h3>
            \(table)\(rest)
            """
    }

    private var table: HTML {
        guard !things.items.isEmpty else { return "" }
        return Table(
            label: kind.plural, style: "things",
            columns: [kind.rawValue, "Last \(kind.run)s", "Last result", "Last success", "Expected"]
        ).html(things.items.map(row))
    }

    private var counts: HTML {
        var parts: [HTML] = ["<span class=\"soft\">\(Wording.count(Int64(things.total)))</span>"]
        if things.failing > 0 {
            parts.append(Piece.tag(.bad, Wording.count(things.failing, "needs attention", "need attention")))
        }
        if things.late > 0 { parts.append(Piece.tag(.warning, "\(things.late) late")) }
        if things.unknown > 0 {
            parts.append(Piece.tag(.unknown, "\(things.unknown) without a \(kind.run)"))
        }
        return Piece.list(parts, separator: " ")
    }

    private var rest: HTML {
        let hidden = things.total - things.items.count
        guard hidden > 0 else { return "" }
        let number = Wording.count(Int64(hidden))
        guard let target else {
            return "<p class=\"more soft\">\(number) more are not shown: <a href=\"/metrics\">metrics</a>.</p>"
        }
        return """
            <p class="more"><a href="/targets/\(target)">\(number) more \
            \(hidden == 1 ? kind.rawValue.lowercased() : kind.plural.lowercased()) of \(target)</a></p>
            """
    }

    private func row(_ thing: Status.Thing) -> [Table.Cell] {
        [
            Table.Cell(content: heading(thing)),
            Table.Cell(
                content: thing.recentRuns.map { RunStrip(runs: $0, noun: kind.run).html } ?? "", isWide: true,
                fits: true),
            Table.Cell(content: lastResult(thing)),
            Table.Cell(content: lastSuccess(thing)),
            Table.Cell(
                content: thing.expectedIntervalSeconds.map { "every \(Wording.span($0))" }
                    ?? "<span class=\"soft\">not expected</span>", fits: true),
        ]
    }

    private func heading(_ thing: Status.Thing) -> HTML {
        let name = thing.name.flatMap { $0.isEmpty ? nil : $0 }
        let label: HTML =
            name.map { "\(Piece.name($0)) <span class=\"soft small\">id\u{A0}\(thing.id)</span>" }
            ?? "\(kind.rawValue) \(thing.id)"
        var details: [HTML] = []
        if let action = thing.action { details.append("<span class=\"mono\">\(action)</span>") }
        if thing.enabled == false { details.append("disabled") }
        if thing.automatic == false { details.append("started by hand") }
        if let state = thing.state { details.append("\(Wording.words(state))") }
        if let messages = thing.messages { details.append("\(Wording.count(messages)) messages") }
        if let size = thing.sizeBytes { details.append("\(Wording.bytes(size))") }
        var html: HTML = "\(label)"
        if !details.isEmpty { html = "\(html)<div class=\"soft small\">\(Piece.list(details))</div>" }
        let needs = (thing.needs ?? []).map { need -> HTML in
            switch need {
            case "error": Piece.tag(.bad, "reports an error")
            case "upgrade": Piece.tag(.warning, "needs an upgrade")
            default: Piece.tag(.warning, "indexes need a rebuild")
            }
        }
        return needs.isEmpty ? html : "\(html)<div>\(Piece.list(needs, separator: " "))</div>"
    }

    private func lastResult(_ thing: Status.Thing) -> HTML {
        guard let result = thing.lastResult else { return "<span class=\"soft\">no \(kind.run) known</span>" }
        var details: [HTML] = []
        if let time = thing.lastCompletion ?? thing.lastStart { details.append(Piece.distance(time, from: now)) }
        if let duration = thing.lastDurationSeconds { details.append("took \(Wording.span(duration))") }
        if let items = thing.lastItemsArchived {
            details.append("\(Wording.count(items)) \(items == 1 ? "item" : "items")")
        }
        if thing.consecutiveFailures > 1 {
            details.append("<span class=\"failure\">\(thing.consecutiveFailures) in a row without success</span>")
        }
        if let lines = thing.suspiciousLogLines {
            details.append("<span class=\"late\">\(Wording.count(lines, "line")) of its log may tell of damage</span>")
        }
        return """
            \(Piece.tag(thing.lastResultHealth ?? .unknown, Wording.words(result)))\
            <div class="soft small">\(Piece.list(details))</div>
            """
    }

    private func lastSuccess(_ thing: Status.Thing) -> HTML {
        guard let time = thing.lastSuccess else { return "<span class=\"soft\">none known</span>" }
        let late: HTML = thing.isLate ? " <span class=\"late\">late</span>" : ""
        return "\(Piece.distance(time, from: now))\(late)"
    }
}
