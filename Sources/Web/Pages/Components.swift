/// The place of a page, from which its links lead to others.
///
/// All links are relative, so that they also work behind a reverse proxy that adds a prefix to the paths.
enum PagePlace {
    /// The page at `/`.
    case top
    /// A page at `/targets/NAME`.
    case target

    /// The link to a page.
    ///
    /// - Parameter path: Without the first slash; empty for the page at `/`.
    func link(_ path: String) -> String {
        switch self {
        case .top: path.isEmpty ? "./" : path
        case .target: "../\(path)"
        }
    }

    /// The link to the page of a target.
    func link(target: String) -> String { link("targets/\(target)") }
}

/// The frame of all pages: head, navigation and footer.
struct PageFrame {
    /// The pages in the navigation, by their paths.
    private var pages: [(String, String)] {
        let metrics = String(status.telemetryPath.dropFirst())
        return [("", "Status"), (metrics, "Metrics"), ("config", "Configuration"), ("api/v1/status", "JSON")]
    }

    var title: String
    var place: PagePlace
    var status: Status

    func document(_ body: HTML) -> HTML {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(title)</title>
        <style>
        \(Stylesheet.css)
        </style>
        </head>
        <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header><div class="wrap">
        <p class="brand"><a href="\(place.link(""))">MailStore exporter</a></p>
        <nav aria-label="Pages"><ul>\(pages.map(link))</ul></nav>
        </div></header>
        <main id="main" class="wrap">
        \(body)
        </main>
        <footer class="wrap">
        <p>As of \(Component.second(status.time)). All times are UTC. Exporter \(status.exporter.version), revision \
        <span class="mono">\(String(status.exporter.revision.prefix(12)))</span>, Swift \(status.exporter.swiftVersion). \
        <a href="\(place.link("-/healthy"))">Health</a>, <a href="\(place.link("-/ready"))">readiness</a>.</p>
        </footer>
        </body>
        </html>

        """
    }

    private func link(path: String, name: String) -> HTML {
        // Of the pages with this frame, the navigation has only the one at the top.
        path.isEmpty && place == .top
            ? "<li><a href=\"\(place.link(path))\" aria-current=\"page\">\(name)</a></li>"
            : "<li><a href=\"\(place.link(path))\">\(name)</a></li>"
    }
}

/// Small pieces of markup that several pages use.
enum Component {
    /// A word with the colour and the symbol of its health.
    static func tag(_ health: Status.Health, _ word: String) -> HTML {
        "<span class=\"tag \(health.rawValue)\">\(word)</span>"
    }

    static func tag(_ state: Status.Target.State) -> HTML {
        switch state {
        case .up: tag(.good, "Up")
        case .down: tag(.bad, "Down")
        case .unknown: tag(.unknown, "Unknown")
        }
    }

    /// An instant as its distance from now, with the exact time as a tooltip.
    static func distance(_ moment: Status.Moment, from now: Status.Moment) -> HTML {
        """
        <time datetime="\(moment.time.description)" title="\(Formatting.second(moment.time))">\
        \(Formatting.distance(from: now.time, to: moment.time))</time>
        """
    }

    static func minute(_ moment: Status.Moment) -> HTML {
        "<time datetime=\"\(moment.time.description)\">\(Formatting.minute(moment.time))</time>"
    }

    static func second(_ moment: Status.Moment) -> HTML {
        "<time datetime=\"\(moment.time.description)\">\(Formatting.second(moment.time))</time>"
    }

    /// A name from a server, isolated so that a right-to-left script in it does not affect the rest of the line.
    static func name(_ name: String) -> HTML {
        "<bdi>\(name)</bdi>"
    }

    static func note(_ health: Status.Health, _ content: HTML) -> HTML {
        "<div class=\"note \(health.rawValue)\"><p>\(content)</p></div>"
    }

    /// Pieces as one line of prose.
    static func list(_ pieces: [HTML], separator: HTML = " · ") -> HTML {
        HTML(pieces.enumerated().flatMap { $0.offset == 0 ? [$0.element] : [separator, $0.element] })
    }
}

/// A table whose rows become blocks on narrow screens; the roles keep it a table for screen readers.
struct Table {
    var label: String
    /// The class for which the stylesheet sets the widths of the columns.
    var style: String
    var columns: [String]

    struct Cell {
        var content: HTML
        /// Whether the cell takes the whole width on a narrow screen.
        var isWide = false
        /// Whether the column is no wider than its content.
        var fits = false
    }

    /// - Parameter rows: The first cell of each row is its heading.
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
