/// Small pieces that many pages use.
package enum Piece {
    /// A word with the colour and the sign of its health.
    static func tag(_ health: Status.Health, _ word: String) -> HTML {
        "<span class=\"tag \(health.rawValue)\">\(word)</span>"
    }

    /// A word that is neither good nor bad.
    static func plainTag(_ word: String) -> HTML {
        "<span class=\"tag none\">\(word)</span>"
    }

    static func tag(_ state: Status.Target.State) -> HTML {
        switch state {
        case .up: tag(.good, "Up")
        case .down: tag(.bad, "Down")
        case .unknown: tag(.unknown, "Unknown")
        }
    }

    /// An instant by its distance, the whole of it on demand.
    package static func distance(_ moment: Status.Moment, from now: Status.Moment) -> HTML {
        """
        <time datetime="\(moment.time.description)" title="\(Wording.second(moment.time))">\
        \(Wording.distance(from: now.time, to: moment.time))</time>
        """
    }

    package static func minute(_ moment: Status.Moment) -> HTML {
        "<time datetime=\"\(moment.time.description)\">\(Wording.minute(moment.time))</time>"
    }

    package static func second(_ moment: Status.Moment) -> HTML {
        "<time datetime=\"\(moment.time.description)\">\(Wording.second(moment.time))</time>"
    }

    /// A name that a server has chosen: whatever direction its script runs, the rest of the line keeps its own.
    package static func name(_ name: String) -> HTML {
        "<bdi>\(name)</bdi>"
    }

    package static func note(_ health: Status.Health, _ content: HTML) -> HTML {
        "<div class=\"note \(health.rawValue)\"><p>\(content)</p></div>"
    }

    /// Pieces as one line of prose.
    package static func list(_ pieces: [HTML], separator: HTML = " · ") -> HTML {
        HTML(pieces.enumerated().flatMap { $0.offset == 0 ? [$0.element] : [separator, $0.element] })
    }
}

/// A table whose rows become blocks on narrow screens; roles keep it a table for whoever listens to it.
struct Table {
    var label: String
    /// The class by which the sheet sets the widths of its columns.
    var style: String
    var columns: [String]

    struct Cell {
        var content: HTML
        /// Whether it takes the whole width of a narrow screen.
        var isWide = false
        /// Whether its column is no wider than its content.
        var fits = false
    }

    /// - Parameter rows: The first cell of each is its heading.
    func html(_ rows: [[Cell]]) -> HTML {
        """
        <table class="\(style)" role="table" aria-label="\(label)"><thead role="rowgroup"><tr role="row">\
        \(columns.map { "<th role=\"columnheader\" scope=\"col\">\($0)</th>" as HTML })</tr></thead>
        <tbody role="rowgroup">
        \(rows.map(row))</tbody></table>
        """
    }

    private func row(_ cells: [Cell]) -> HTML {
        let rest = zip(columns, cells).dropFirst().map { column, cell -> HTML in
            let style: HTML = cell.isWide ? " class=\"wide\"" : cell.fits ? " class=\"fit\"" : ""
            guard !cell.content.text.isEmpty else { return "<td role=\"cell\"></td>" }
            return "<td role=\"cell\"\(style) data-label=\"\(column)\"><div>\(cell.content)</div></td>"
        }
        return "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\">\(cells.first?.content)</th>\(rest)</tr>\n"
    }
}
