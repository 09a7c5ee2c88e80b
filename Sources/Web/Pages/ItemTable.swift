import MailStoreAPI

/// The jobs, profiles or stores of a target, each with its last runs.
struct ItemTable {
    enum Kind: String {
        case job = "Job"
        case profile = "Profile"
        case store = "Store"

        var plural: String { rawValue + "s" }
        /// The word for a run.
        var run: String { self == .store ? "verification" : "run" }
    }

    var kind: Kind
    var list: Status.ItemList
    var now: Status.Moment
    /// The target whose page lists all items; nil on that page.
    var target: String?

    var html: HTML {
        guard list.total > 0 else { return "" }
        return """
            <h3>\(kind == .store ? "Stores and their verifications" : kind.plural) \(counts)</h3>
            \(table)\(rest)
            """
    }

    private var table: HTML {
        guard !list.items.isEmpty else { return "" }
        return Table(
            label: kind.plural, style: "items",
            columns: [kind.rawValue, "Last \(kind.run)s", "Last result", "Last success", "Expected"]
        ).html(list.items.map(row))
    }

    private var counts: HTML {
        var parts: [HTML] = ["<span class=\"soft\">\(Formatting.count(Int64(list.total)))</span>"]
        if list.failing > 0 {
            parts.append(Component.tag(.bad, Formatting.count(list.failing, "needs attention", "need attention")))
        }
        if list.late > 0 { parts.append(Component.tag(.warning, "\(list.late) late")) }
        if list.unknown > 0 {
            parts.append(Component.tag(.unknown, "\(list.unknown) without a \(kind.run)"))
        }
        return Component.list(parts, separator: " ")
    }

    private var rest: HTML {
        let hidden = list.total - list.items.count
        guard hidden > 0 else { return "" }
        let number = Formatting.count(Int64(hidden))
        guard let target else {
            let metrics = PagePlace.target.link("metrics")
            return "<p class=\"more soft\">\(number) more, not shown here: <a href=\"\(metrics)\">metrics</a>.</p>"
        }
        return """
            <p class="more"><a href="\(PagePlace.top.link(target: target))">\(number) more \
            \(hidden == 1 ? kind.rawValue.lowercased() : kind.plural.lowercased()) of \(target)</a></p>
            """
    }

    private func row(_ item: Status.Item) -> [Table.Cell] {
        [
            Table.Cell(content: heading(item)),
            Table.Cell(
                content: item.recentRuns.map { RunStrip(runs: $0, noun: kind.run).html } ?? "", isWide: true,
                fits: true),
            Table.Cell(content: lastResult(item)),
            Table.Cell(content: lastSuccess(item)),
            Table.Cell(
                content: item.expectedIntervalSeconds.map { "every \(Formatting.span($0))" }
                    ?? "<span class=\"soft\">not expected</span>", fits: true),
        ]
    }

    private func heading(_ item: Status.Item) -> HTML {
        let name = item.name.flatMap { $0.isEmpty ? nil : $0 }
        let label: HTML =
            name.map { "\(Component.name($0)) <span class=\"soft small\">id\u{A0}\(item.id)</span>" }
            ?? "\(kind.rawValue) \(item.id)"
        var details: [HTML] = []
        if let action = item.action { details.append("<span class=\"mono\">\(action)</span>") }
        if item.enabled == false { details.append("disabled") }
        if item.automatic == false { details.append("started manually") }
        if let state = item.state { details.append("\(Formatting.words(state))") }
        if let messages = item.messages { details.append("\(Formatting.count(messages, "message"))") }
        if let size = item.sizeBytes { details.append("\(Formatting.bytes(size))") }
        var html: HTML = "\(label)"
        if !details.isEmpty { html = "\(html)<div class=\"soft small\">\(Component.list(details))</div>" }
        let needs = (item.needs ?? []).map { need -> HTML in
            switch need {
            case "error": Component.tag(.bad, "reports an error")
            case "upgrade": Component.tag(.warning, "needs an upgrade")
            default: Component.tag(.warning, "indexes need a rebuild")
            }
        }
        return needs.isEmpty ? html : "\(html)<div>\(Component.list(needs, separator: " "))</div>"
    }

    private func lastResult(_ item: Status.Item) -> HTML {
        guard let result = item.lastResult else { return "<span class=\"soft\">no known \(kind.run)</span>" }
        var details: [HTML] = []
        if let time = item.lastCompletion ?? item.lastStart { details.append(Component.distance(time, from: now)) }
        if let duration = item.lastDurationSeconds { details.append("took \(Formatting.span(duration))") }
        if let items = item.lastItemsArchived {
            details.append("\(Formatting.count(items, "item"))")
        }
        if item.consecutiveFailures > 1 {
            details.append("<span class=\"failure\">\(item.consecutiveFailures) consecutive failures</span>")
        }
        if let lines = item.suspiciousLogLines {
            details.append(
                "<span class=\"late\">\(Formatting.count(lines, "line")) of its log may report damage</span>")
        }
        return """
            \(Component.tag(item.lastResultHealth ?? .unknown, Formatting.words(result)))\
            <div class="soft small">\(Component.list(details))</div>
            """
    }

    private func lastSuccess(_ item: Status.Item) -> HTML {
        guard let time = item.lastSuccess else { return "<span class=\"soft\">unknown</span>" }
        let late: HTML = item.isLate ? " <span class=\"late\">late</span>" : ""
        return "\(Component.distance(time, from: now))\(late)"
    }
}

/// The last runs of an item as a row of cells, the oldest on the left.
struct RunStrip {
    var runs: [Status.RecentRun]
    /// The word for a run: `run`, `verification`.
    var noun: String

    var html: HTML {
        guard !runs.isEmpty else { return "<span class=\"soft\">no known \(noun)</span>" }
        return "<span class=\"strip\" role=\"img\" aria-label=\"\(summary)\">\(runs.map(cell))</span>"
    }

    private func cell(_ run: Status.RecentRun) -> HTML {
        var parts = [run.time.map { Formatting.minute($0.time) } ?? "time unknown", Formatting.words(run.result)]
        if let duration = run.durationSeconds { parts.append(Formatting.span(Double(duration))) }
        return "<i class=\"\(run.health.rawValue)\" title=\"\(parts.joined(separator: " · "))\"></i>"
    }

    /// The runs in words, for screen readers: there are too many cells to read out one by one.
    private var summary: String {
        let counts = Dictionary(grouping: runs, by: \.result).mapValues(\.count)
        let parts = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
            "\($0.value) \(Formatting.words($0.key))"
        }
        return "The last \(Formatting.count(runs.count, noun)): \(parts.joined(separator: ", "))."
    }

    /// The meaning of the colours and signs.
    static let legend: HTML = """
        <ul class="legend">\
        <li><span class="strip"><i class="good"></i></span>succeeded</li>\
        <li><span class="strip"><i class="warning"></i></span>completed with warnings</li>\
        <li><span class="strip"><i class="bad"></i></span>not successful</li>\
        <li><span class="strip"><i class="unknown"></i></span>unknown result</li>\
        <li>The newest run is on the right. Point at a cell to see its time.</li></ul>
        """
}
