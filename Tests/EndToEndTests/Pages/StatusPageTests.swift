import Foundation
import MailStoreSimulator
import Testing

@Suite("The status page in a real browser")
struct StatusPageTests {
    /// A server that is healthy, one that fails and one that cannot be reached.
    private func staged(_ body: (Exporter) async throws -> Void) async throws {
        try await Seats.shared.seated {
            let folder = try TemporaryFolder()
            defer { withExtendedLifetime(folder) {} }
            let healthy = try Simulator(Scene.simulatorOptions())
            let failing = try Simulator(Scene.simulatorOptions { $0.seed = 7 })
            defer {
                healthy.stop()
                failing.stop()
            }
            healthy.change { world in
                // Whatever went wrong in its past, all has gone well since.
                let end = Int(world.now) - 60
                for id in world.jobs.map(\.id) {
                    world.add(runOfJob: id, startTime: end - 30, completeTime: end, result: "succeeded")
                }
                for id in world.profiles.map(\.id) {
                    world.add(runOf: id, startTime: end - 30, completeTime: end, result: "succeeded")
                }
            }
            failing.change { world in
                world.stores[0].name = #"<b>Bold</b> & "quoted" <script>document.title = 'owned'</script>"#
                world.stores[1].name = String(repeating: "Donaudampfschifffahrtsgesellschaft", count: 8)
            }
            failing.inject(.html, for: "GetProfiles")
            let passwordFile = try folder.write(Scene.password + "\n", to: "password")
            let text = ConfigurationText(
                targets: [
                    .init(healthy, name: "healthy", passwordFile: passwordFile),
                    .init(failing, name: "failing", passwordFile: passwordFile),
                    .init(name: "unreachable", url: "https://127.0.0.1:9", passwordFile: passwordFile),
                ], stateDirectory: folder["state"])
            let exporter = try await Exporter(configuration: try folder.write(text.yaml, to: "config.yml"))
            try await exporter.page(until: "all three were tried") { page in
                page.succeeded(target: "healthy") && page.errors("GetProfiles", "bad_reply", target: "failing") > 0
                    && page.value("mailstore_up", ["target": "unreachable"]) == 0
                    && !page.values("mailstore_verification_runs_total", ["target": "failing"]).isEmpty
            }
            // Pages are made at most once a second.
            try await eventually("the pages show it") {
                try await exporter.get("/").text.contains("cannot be reached")
            }
            try await body(exporter)
            let ending = try await exporter.stop()
            #expect(ending == .exit(0))
        }
    }

    @Test("says how each target does, and holds what servers say as text")
    func document() async throws {
        try await staged { exporter in
            let browser = try Browser()
            let base = "http://\(exporter.addresses[0])"
            let page = try await browser.document(base + "/")
            // Nothing that a server says has run.
            #expect(page.contains("<title>(2) MailStore exporter</title>"))
            #expect(page.contains("3 targets: 2 up, 1 down."))
            #expect(page.contains(#"<html lang="en">"#))
            for text in [
                #"<span class="tag good">Up</span>"#, #"<span class="tag bad">Down</span>"#, "is a web page",
                "Administration API enabled", "&lt;b&gt;Bold&lt;/b&gt; &amp; \"quoted\" &lt;script&gt;",
            ] {
                #expect(page.contains(text), "\(text)")
            }
            // What is down comes first.
            let order = ["unreachable", "failing", "healthy"].map { page.range(of: "id=\"target-\($0)\"")?.lowerBound }
            #expect(order.compactMap { $0 }.count == 3)
            #expect(order.compactMap { $0 } == order.compactMap { $0 }.sorted())
            let target = try await browser.document(base + "/targets/failing")
            #expect(target.contains("GetProfiles"))
            #expect(target.contains("bad_reply"))
            let missing = try await browser.document(base + "/targets/helthy")
            #expect(missing.contains(#"Did you mean <a href="../targets/healthy">healthy</a>?"#))
            let json = try await exporter.get("/api/v1/status")
            let object = try JSONSerialization.jsonObject(with: Data(json.body)) as? [String: Any]
            #expect(object?["status"] as? String == "success")
            #expect(try await exporter.get("/config").text.contains("name: \"healthy\""))
        }
    }

    @Test("fits a telephone and a desk, light and dark")
    func looks() async throws {
        try await staged { exporter in
            let browser = try Browser()
            for path in ["/", "/targets/failing", "/targets/elsewhere"] {
                let html = try await exporter.get(path).text
                for scheme in Browser.Scheme.allCases {
                    for width in [360, 800, 1280] {
                        let look = try await browser.look(html, width: width, scheme: scheme)
                        #expect(look.width <= width, "\(path) at \(width) px: \(look.beyond)")
                        #expect(look.beyond == [], "\(path) at \(width) px")
                        #expect(look.contrast >= 7)
                        let isDark = Browser.Look.luminance(look.background) < 0.2
                        #expect(isDark == (scheme == .dark))
                        #expect((look.cells > 0) == (path != "/targets/elsewhere"))
                    }
                }
            }
            let light = try await browser.picture(
                "http://\(exporter.addresses[0])/", width: 1280, height: 1600, scheme: .light)
            let dark = try await browser.picture(
                "http://\(exporter.addresses[0])/", width: 1280, height: 1600, scheme: .dark)
            // A page that shows nothing is a picture of a few kilobytes.
            #expect(light.count > 50_000)
            #expect(dark.count > 50_000)
            #expect(light != dark)
        }
    }
}
