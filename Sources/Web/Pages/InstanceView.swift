import MailStoreAPI

/// The page at `/targets/NAME?instance_id=ID`: one instance of a Service Provider Edition.
struct InstanceView {
    var status: Status
    /// The instance in the form of a target.
    var target: Status.Target

    private var now: Status.Moment { status.time }

    var html: HTML {
        guard let instance = target.instance else { return "" }
        let name = instance.name ?? instance.id
        let metrics =
            "probe?"
            + String(
                decoding: FormField.encode([
                    FormField("target", target.name), FormField("instance_id", instance.rawID),
                ]), as: UTF8.self)
        return PageFrame(title: "\(name) – \(target.name) – MailStore exporter", place: .target, status: status)
            .document(
                """
                <h1>\(Component.name(name))</h1>
                <p class="lead"><a href="\(PagePlace.target.link(""))">All targets</a> · \
                <a href="\(PagePlace.target.link(target: target.name))">\(target.name)</a> · \
                <a href="\(PagePlace.target.link(metrics))">Metrics of this instance</a></p>
                <section class="card" aria-labelledby="instance">
                <div class="head"><h2 id="instance">Instance</h2> \
                \(Component.tag(instance.health, instance.status ?? "unknown"))</div>
                \(instance.reasons.map { Component.note(instance.health, Component.name($0)) })\(facts(instance))
                <h3>Collectors</h3>
                \(CollectorTable(collectors: target.collectors, now: now, known: nil).html)
                \(ItemTable(kind: .store, list: target.stores, now: now, target: nil).html)
                \(ItemTable(kind: .job, list: target.jobs, now: now, target: nil).html)
                \(ItemTable(kind: .profile, list: target.profiles, now: now, target: nil).html)
                </section>
                \(RunStrip.legend)
                """)
    }

    private func facts(_ instance: Status.Instance) -> HTML {
        func flag(_ value: Bool?) -> HTML? { value.map { $0 ? "on" : "off" } }
        let facts: [(String, HTML?)] = [
            ("Id", Component.name(instance.id)), ("Alias", instance.alias.map(Component.name)),
            ("Host", instance.host.map(Component.name)), ("Start mode", instance.startMode.map { "\($0)" }),
            ("Service provider access", flag(instance.providerAccess)),
            ("Profiles can archive", instance.canArchive.map { $0 ? "yes" : "no" }),
            ("Messages", instance.messages.map { "\(Formatting.count($0))" }),
            ("Size", instance.sizeBytes.map { "\(Formatting.bytes($0))" }),
            ("Memory of its process", instance.privateMemoryBytes.map { "\(Formatting.bytes($0))" }),
            ("Collected", instance.lastCollection.map { Component.distance($0, from: now) }),
            (
                "Next verification",
                target.verification?.next.map { "\(Component.distance($0, from: now)), \(Component.minute($0))" }
            ),
        ]
        let known = facts.compactMap { name, value in
            value.map { "<div><dt>\(name)</dt><dd>\($0)</dd></div>\n" as HTML }
        }
        return "<dl class=\"facts\">\(known)</dl>"
    }
}

/// The page for an instance that a target does not have.
struct MissingInstanceView {
    var status: Status
    /// The id in the request.
    var name: String
    var target: String

    var html: HTML {
        PageFrame(title: "No such instance – MailStore exporter", place: .target, status: status).document(
            """
            <h1>No instance \(Component.name("“\(Status.Target.named(name))”"))</h1>
            <p class="lead">The server does not list it, or it is not chosen in the configuration: see \
            <a href="\(PagePlace.target.link(target: target))">the instances of \(target)</a>.</p>
            """)
    }
}
