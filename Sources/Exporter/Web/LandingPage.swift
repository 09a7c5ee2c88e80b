/// The page at `/`: what this is, and where the metrics are.
struct LandingPage: Sendable {
    var build: BuildInformation

    var html: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>MailStore exporter</title>
        <style>
        :root { color-scheme: light dark; }
        body { font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem; }
        h1 { font-size: 1.5rem; }
        li { margin: .4rem 0; }
        footer { margin-top: 2rem; opacity: .7; font-size: .85rem; }
        </style>
        </head>
        <body>
        <h1>MailStore exporter</h1>
        <p>Watches MailStore e-mail archives for Prometheus.</p>
        <ul>
        <li><a href="/metrics">Metrics</a></li>
        <li><a href="/-/healthy">Health</a>: whether the exporter runs</li>
        <li><a href="/-/ready">Readiness</a>: whether every target has been tried once</li>
        </ul>
        <footer>Version \(BuildInformation.version), revision \(build.revision.prefix(12)), Swift \
        \(build.swiftVersion)</footer>
        </body>
        </html>

        """
    }
}
