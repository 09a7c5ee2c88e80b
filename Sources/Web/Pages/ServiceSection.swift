import MailStoreAPI

/// The messages, the hosts and the instances of a Service Provider Edition.
struct ServiceSection {
    var target: Status.Target
    var now: Status.Moment
    /// Whether the target's own page shows the rest.
    var isExcerpt: Bool
    /// Which instances are listed.
    var query: Status.InstanceQuery

    /// How many messages and hosts an excerpt has.
    private static let excerpt = 5

    var html: HTML { "\(messages)\(hosts)\(instances)" }

    private var messages: HTML {
        guard let service = target.service else { return "" }
        let shown = isExcerpt ? service.messages.prefix(Self.excerpt) : service.messages[...]
        let total = service.messageCounts.values.reduce(0, +)
        let items = shown.map { message -> HTML in
            let text: HTML = message.text.map { Component.name($0) } ?? "<span class=\"soft\">text hidden</span>"
            return "<li>\(Component.tag(message.health, message.severity)) \(text)</li>\n"
        }
        return """
            <h3>Service messages <span class="soft">\(Formatting.count(Int64(total)))</span></h3>
            <ul>\(items)</ul>\(rest(total - shown.count, "message"))
            """
    }

    private var hosts: HTML {
        guard let hosts = target.service?.hosts, !hosts.isEmpty else { return "" }
        let shown = isExcerpt ? hosts.prefix(Self.excerpt) : hosts[...]
        let rows = shown.map { host -> [Table.Cell] in
            let state: HTML =
                switch host.active {
                case true?: Component.tag(.good, "active")
                case false?: Component.tag(.bad, "not active")
                case nil: Component.tag(.unknown, "unknown")
                }
            let running = host.runningInstances.map { "\($0)" } ?? "?"
            return [
                Table.Cell(content: Component.name(host.name)),
                Table.Cell(content: "\(host.role.map { Formatting.words($0) } ?? "")"),
                Table.Cell(content: state, fits: true),
                Table.Cell(
                    content: host.instances.map { "\(running) of \(Formatting.count($0)) run" } ?? "", fits: true),
                Table.Cell(content: host.memoryBytes.map { "\(Formatting.bytes($0))" } ?? "", fits: true),
            ]
        }
        return """
            <h3>Hosts <span class="soft">\(Formatting.count(Int64(hosts.count)))</span></h3>
            \(Table(label: "Hosts", style: "hosts", columns: ["Host", "Role", "State", "Instances", "Memory"]).html(rows))\
            \(rest(hosts.count - shown.count, "host"))
            """
    }

    private var instances: HTML {
        guard let list = target.instances else { return "" }
        var counts: [HTML] = ["<span class=\"soft\">\(Formatting.count(Int64(list.total)))</span>"]
        if list.listed != list.total { counts.append("<span class=\"soft\">of \(list.listed) on the server</span>") }
        if list.failing > 0 {
            counts.append(Component.tag(.bad, Formatting.count(list.failing, "needs attention", "need attention")))
        }
        if list.warning > 0 { counts.append(Component.tag(.warning, "\(list.warning) to look at")) }
        let heading: HTML = "<h3>Instances \(Component.list(counts, separator: " "))</h3>\n"
        guard list.total > 0 else { return heading }
        let table: HTML =
            list.items.isEmpty
            ? "<p class=\"soft\">No instance matches.</p>"
            : Table(
                label: "Instances", style: "instances",
                columns: ["Instance", "State", "Reason", "Messages", "Size", "Collected"]
            ).html(list.items.map(row))
        if isExcerpt { return "\(heading)\(table)\(rest(list.total - list.items.count, "instance"))" }
        return "\(heading)\(search)\(table)\(pages(list.found))"
    }

    private var search: HTML {
        """
        <form class="search" method="get"><label for="search">Id, name or host</label>
        <input id="search" name="search" type="search" maxlength="200" value="\(query.search ?? "")">
        <button>Search</button></form>

        """
    }

    /// Links to the other pages of the list.
    private func pages(_ found: Int) -> HTML {
        let last = (found + Status.InstanceQuery.pageSize - 1) / Status.InstanceQuery.pageSize
        guard last > 1 else { return "" }
        let near = (1...last).filter { $0 == 1 || $0 == last || abs($0 - query.page) <= 3 }
        let links = near.map { page -> HTML in
            guard page != query.page else { return "<b aria-current=\"page\">\(page)</b>" }
            let fields = query.search.map { [FormField("search", $0)] } ?? []
            let text = String(decoding: FormField.encode(fields + [FormField("page", Int64(page))]), as: UTF8.self)
            return "<a href=\"?\(text)\">\(page)</a>"
        }
        return "<p class=\"more\">Page \(Component.list(links, separator: " "))</p>"
    }

    private func row(_ instance: Status.Instance) -> [Table.Cell] {
        let name = instance.name.flatMap { $0.isEmpty ? nil : $0 }
        let link = Self.link(instance.rawID, of: isExcerpt ? "targets/\(target.name)" : "")
        var heading: HTML = "<a href=\"\(link)\">\(Component.name(name ?? instance.id))</a>"
        if name != nil {
            heading = "\(heading) <span class=\"soft small\">id\u{A0}</span>\(Component.name(instance.id))"
        }
        let details = [instance.host.map { "on \($0)" }, instance.alias.map { "alias \($0)" }].compactMap(\.self)
        return [
            Table.Cell(
                content: "\(heading)<div class=\"soft small\">\(Component.name(details.joined(separator: " · ")))</div>"
            ),
            Table.Cell(content: Component.tag(instance.health, instance.status ?? "unknown"), fits: true),
            Table.Cell(content: Component.list(instance.reasons.map(Component.name), separator: "<br>"), isWide: true),
            Table.Cell(content: instance.messages.map { "\(Formatting.count($0))" } ?? "", fits: true),
            Table.Cell(content: instance.sizeBytes.map { "\(Formatting.bytes($0))" } ?? "", fits: true),
            Table.Cell(
                content: instance.lastCollection.map { Component.distance($0, from: now) } ?? "never", fits: true),
        ]
    }

    /// The link to the page of an instance.
    private static func link(_ id: String, of page: String) -> String {
        "\(page)?" + String(decoding: FormField.encode([FormField("instance_id", id)]), as: UTF8.self)
    }

    private func rest(_ count: Int, _ noun: String) -> HTML {
        guard count > 0 else { return "" }
        let more = Formatting.count(count, "more \(noun)")
        guard isExcerpt else { return "<p class=\"more soft\">\(more), not shown here.</p>" }
        return
            "<p class=\"more\"><a href=\"\(PagePlace.top.link(target: target.name))\">\(more) of \(target.name)</a></p>"
    }
}
