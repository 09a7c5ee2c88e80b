import Collection
import PlainText

/// The page at `/targets/NAME`: one target with its newest calls.
struct TargetView {
    var status: Status
    var target: Status.Target

    var html: HTML {
        PageFrame(title: "\(target.name) – MailStore exporter", path: "/targets/\(target.name)", status: status)
            .document(
                """
                <h1>\(target.name)</h1>
                <p class="lead"><a href="/">All targets</a> · <a href="/probe?target=\(target.name)">its metrics</a></p>
                \(TargetSection(target: target, now: status.time, isExcerpt: false).html)\
                <section class="card" aria-labelledby="calls">
                <h2 id="calls">Calls</h2>
                <p class="soft">The newest \(CallLog.capacity) calls that worked and the newest \(CallLog.capacity) that \
                failed, the newest first.</p>
                \(CallTable(calls: target.calls).html)
                </section>
                \(RunStrip.legend)
                """)
    }
}

/// The page for a target that is not configured.
struct MissingTargetView {
    /// How many names are offered.
    static let offered = 100

    var status: Status
    /// What was asked for.
    var name: String
    /// The targets that there are.
    var names: [String]

    var html: HTML {
        let asked = Status.Target.named(name)
        let near: HTML =
            NearestName.find(asked, among: names).map {
                " Did you mean <a href=\"/targets/\($0)\">\($0)</a>?"
            } ?? ""
        let links = names.prefix(Self.offered).map { "<li><a href=\"/targets/\($0)\">\($0)</a></li>\n" as HTML }
        let more = names.count - links.count
        return PageFrame(title: "No such target – MailStore exporter", path: "", status: status).document(
            """
            <h1>There is no target \(Piece.name("“\(asked)”"))</h1>
            <p class="lead">Targets are named in the configuration, and only those have a page.\(near)</p>
            <section class="card" aria-labelledby="there-are">
            <h2 id="there-are">The targets</h2>
            <ul>\(links)</ul>
            \(more > 0 ? "<p>and \(Wording.count(Int64(more))) more</p>" : "" as HTML)
            </section>
            """)
    }
}
