import Collection

/// The collectors of a target: what each can do, when it last did, and what keeps it from it.
struct CollectorTable {
    var collectors: [Status.Collector]
    var now: Status.Moment
    /// What is said of the whole target already.
    var known: Status.Failure?

    var html: HTML {
        Table(
            label: "Collectors", style: "collectors",
            columns: ["Collector", "State", "Offered", "Last success", "Took", "Last error"]
        ).html(collectors.map(row))
    }

    private func row(_ collector: Status.Collector) -> [Table.Cell] {
        let offered =
            switch collector.supported {
            case true?: "yes"
            case false?: "no"
            case nil: "unknown"
            }
        var error: HTML = ""
        if let failure = collector.error, failure.message == known?.message {
            error = "<span class=\"mono failure\">\(failure.reason)</span> as above"
        } else if let failure = collector.error {
            error = "<span class=\"mono failure\">\(failure.reason)</span> \(Piece.name(failure.message))"
        } else if collector.state == .unsupported {
            error = "<span class=\"soft\">The server does not offer the functions that it needs.</span>"
        }
        return [
            Table.Cell(
                content: """
                    \(collector.name) <span class="soft small">every \(Wording.span(collector.intervalSeconds))</span>
                    """),
            Table.Cell(content: Self.tag(collector.state), fits: true),
            Table.Cell(content: "\(offered)", fits: true),
            Table.Cell(
                content: collector.lastSuccess.map { Piece.distance($0, from: now) } ?? "never yet", fits: true),
            Table.Cell(content: collector.durationSeconds.map { "\(Wording.span($0))" } ?? "", fits: true),
            Table.Cell(content: error, isWide: true),
        ]
    }

    private static func tag(_ state: Status.Collector.State) -> HTML {
        switch state {
        case .working: Piece.tag(.good, "works")
        case .failing: Piece.tag(.bad, "fails")
        case .unsupported: Piece.tag(.unknown, "not supported")
        case .unknown: Piece.tag(.unknown, "not tried yet")
        }
    }
}
