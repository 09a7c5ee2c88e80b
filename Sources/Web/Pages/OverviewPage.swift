/// The page at `/`: the state of all targets, those with problems first.
struct OverviewPage {
    /// Targets beyond this number have a tile but no section.
    static let sections = 40
    /// Targets beyond this number are only counted here, and listed only in the JSON.
    static let tiles = 2000

    var status: Status

    /// The items of each kind that are shown for a target, limited so that the page stays small.
    static func extent(targets: Int) -> Status.Extent {
        let rows = max(3, min(12, 120 / max(1, targets)))
        return Status.Extent(items: rows, strips: rows, worstFirst: true)
    }

    var html: HTML {
        let ordered = status.targets.enumerated().sorted { left, right in
            let (leftUrgency, rightUrgency) = (left.element.urgency, right.element.urgency)
            return leftUrgency == rightUrgency ? left.offset < right.offset : leftUrgency > rightUrgency
        }.map(\.element)
        return PageFrame(title: title, place: .top, status: status).document(
            """
            <h1>Status</h1>
            <p class="lead">\(summary)</p>
            \(reload)\(tiles(ordered))
            \(ordered.prefix(Self.sections).map { TargetSection(target: $0, now: status.time, isExcerpt: true).html })\
            \(rest(ordered.count - Self.sections))
            \(RunStrip.legend)
            """)
    }

    /// Begins with the number of targets with problems, so that the browser's tab shows it.
    private var title: String {
        let bad = status.targets.count { $0.health == .bad }
        return bad == 0 ? "MailStore exporter" : "(\(bad)) MailStore exporter"
    }

    private var summary: String {
        func count(_ state: Status.Target.State) -> Int { status.targets.count { $0.state == state } }
        let parts = [(count(.up), "up"), (count(.down), "down"), (count(.unknown), "unknown")]
            .filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        let targets = Formatting.count(status.targets.count, "target")
        return parts.isEmpty ? "\(targets)." : "\(targets): \(parts.joined(separator: ", "))."
    }

    private var reload: HTML {
        let configuration = status.configuration
        let refused: HTML =
            configuration.isValid
            ? ""
            : Component.note(
                .warning,
                """
                The configuration could not be reloaded. The one of \(Component.minute(configuration.lastReload)) stays \
                in force; the log names the mistakes.
                """)
        return "\(refused)\(targetFiles)"
    }

    /// The mistakes in target files; those of some files are shown, the others are in the JSON and in the log.
    private var targetFiles: HTML {
        guard let files = status.configuration.targetFiles, !files.problems.isEmpty else { return "" }
        let shown = 5
        let items = files.problems.prefix(shown).flatMap { $0.mistakes.prefix(shown) }.map { mistake -> HTML in
            "<li>\(mistake)</li>"
        }
        return """
            <div class="note warning"><p>Some target files cannot be used: their last valid versions stay in force; \
            without one, their targets are not collected.</p><ul>\(items)</ul></div>
            """
    }

    /// A single target needs no list.
    private func tiles(_ targets: [Status.Target]) -> HTML {
        guard targets.count > 1 else { return "" }
        let more = targets.count - Self.tiles
        let rest: HTML = more > 0 ? "<li>\(Formatting.count(more, "more target"))</li>" : ""
        return "<ul class=\"tiles\">\(targets.prefix(Self.tiles).map(tile))\(rest)</ul>"
    }

    private func tile(_ target: Status.Target) -> HTML {
        """
        <li class="\(target.health.rawValue)"><div class="head"><a class="name" href="\(PagePlace.top.link(target: target.name))">\
        \(target.name)</a> \(Component.tag(target.state))</div><p class="soft small">\(target.problems)</p></li>

        """
    }

    private func rest(_ count: Int) -> HTML {
        guard count > 0 else { return "" }
        return "<p class=\"soft\">\(Formatting.count(count, "more target")): see the list above.</p>\n"
    }
}

extension Status.Target {
    /// The worst known health of its parts.
    var health: Status.Health {
        guard state == .up else { return state == .down ? .bad : .unknown }
        let fails = collectors.contains { $0.state == .failing }
        let failing = jobs.failing + profiles.failing + stores.failing
        let errors = service?.messages.contains { $0.health == .bad } == true
        if fails || failing > 0 || errors || (instances?.failing ?? 0) > 0 || certificate?.health == .bad
            || stateSaveFailures > 0
        {
            return .bad
        }
        let late = jobs.late + profiles.late + stores.late
        let warnings = service?.messages.contains { $0.health == .warning } == true || (instances?.warning ?? 0) > 0
        return late > 0 || warnings || certificate?.health == .warning ? .warning : .good
    }

    /// A higher value is more urgent; a target that is down comes first.
    fileprivate var urgency: Int {
        state == .down ? Status.Health.bad.urgency + 1 : health.urgency
    }

    /// The problems, in a few words.
    var problems: String {
        var parts: [String] = []
        if let error {
            parts.append(Formatting.reason(error.reason))
        } else if state == .down {
            parts.append("no recent call succeeded")
        }
        let failing = collectors.count { $0.state == .failing }
        if state == .up, failing > 0 {
            parts.append(Formatting.count(failing, "collector failing", "collectors failing"))
        }
        for (list, noun) in [(stores, "store"), (jobs, "job"), (profiles, "profile")] {
            if list.failing > 0 {
                parts.append(Formatting.count(list.failing, "\(noun) needs attention", "\(noun)s need attention"))
            }
            if list.late > 0 { parts.append(Formatting.count(list.late, "\(noun) late", "\(noun)s late")) }
        }
        if let instances, instances.failing > 0 {
            parts.append(Formatting.count(instances.failing, "instance needs attention", "instances need attention"))
        }
        let errors = service?.messages.count { $0.health == .bad } ?? 0
        if errors > 0 { parts.append(Formatting.count(errors, "service error", "service errors")) }
        if let certificate, certificate.health != .good { parts.append("certificate") }
        if stateSaveFailures > 0 { parts.append("state not saved") }
        guard parts.isEmpty else { return parts.joined(separator: " · ") }
        return state == .up ? "no problems" : "not tried yet"
    }
}
