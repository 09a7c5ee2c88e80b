import Configuration

/// What all pages have in common: head, navigation and foot.
struct PageFrame {
    /// The pages that the navigation names, by their paths.
    static let pages = [
        ("/", "Status"), ("/metrics", "Metrics"), ("/config", "Configuration"), ("/api/v1/status", "JSON"),
    ]

    var title: String
    /// The path of the page, so that the navigation shows where one is.
    var path: String
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
        <p class="brand"><a href="/">MailStore exporter</a></p>
        <nav aria-label="Pages"><ul>\(Self.pages.map(link))</ul></nav>
        </div></header>
        <main id="main" class="wrap">
        \(body)
        </main>
        <footer class="wrap">
        <p>As of \(Piece.second(status.time)). All times are UTC. Exporter \(status.exporter.version), revision \
        <span class="mono">\(String(status.exporter.revision.prefix(12)))</span>, Swift \(status.exporter.swiftVersion). \
        <a href="/-/healthy">Health</a>, <a href="/-/ready">readiness</a>.</p>
        </footer>
        </body>
        </html>

        """
    }

    private func link(path: String, name: String) -> HTML {
        path == self.path
            ? "<li><a href=\"\(path)\" aria-current=\"page\">\(name)</a></li>"
            : "<li><a href=\"\(path)\">\(name)</a></li>"
    }
}
