import Foundation

/// The real browser Chromium, without a window.
struct Browser {
    /// Whether pages are shown light or dark.
    enum Scheme: Int, CaseIterable {
        case dark = 0
        case light = 1
    }

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// The document as the browser has understood it, its scripts run.
    func document(_ url: String) async throws -> String {
        try await run(["--dump-dom", url]).output
    }

    /// What a page looks like: its colours and its size, measured by a frame of that width.
    ///
    /// The page is put into a frame by a document that asks it: pages have no scripts, and a window of a telephone's width
    /// there is not.
    func look(_ html: String, width: Int, scheme: Scheme) async throws -> Look {
        let page = Data(html.utf8).base64EncodedString()
        let path = try folder.write(
            """
            <!DOCTYPE html><meta charset="utf-8"><iframe id="f" style="border:0;width:\(width)px;height:3000px"></iframe>
            <pre id="out"></pre><script>
            const f = document.getElementById("f");
            f.onload = () => {
              const d = f.contentDocument, root = d.documentElement;
              const beyond = [...d.querySelectorAll("main *, header *, footer *")]
                .filter(e => !e.closest("thead") && !e.closest(".skip")
                  && e.getBoundingClientRect().right > \(width) + 0.5)
                .map(e => e.tagName + "." + e.className);
              const style = e => f.contentWindow.getComputedStyle(e);
              document.getElementById("out").textContent = "LOOK" + JSON.stringify({
                width: root.scrollWidth, beyond: beyond.slice(0, 5),
                background: style(d.body).backgroundColor, text: style(d.body).color,
                cells: d.querySelectorAll(".strip i").length }) + "KOOL";
            };
            f.srcdoc = new TextDecoder().decode(Uint8Array.from(atob("\(page)"), c => c.charCodeAt(0)));
            </script>
            """, to: "frame-\(width)-\(scheme).html")
        let output = try await run([
            "--blink-settings=preferredColorScheme=\(scheme.rawValue)", "--virtual-time-budget=5000", "--dump-dom",
            "file://\(path)",
        ]).output
        guard let start = output.range(of: ">LOOK"), let end = output.range(of: "KOOL<", options: .backwards) else {
            throw TestFailure("the browser measured nothing: \(output.suffix(500))")
        }
        let text = output[start.upperBound..<end.lowerBound].replacingOccurrences(of: "&quot;", with: "\"")
        return try JSONDecoder().decode(Look.self, from: Data(text.utf8))
    }

    /// A picture of a page, as PNG.
    func picture(_ url: String, width: Int, height: Int, scheme: Scheme) async throws -> Data {
        let file = folder["picture-\(width)-\(scheme).png"]
        _ = try await run([
            "--hide-scrollbars", "--window-size=\(width),\(height)", "--screenshot=\(file)",
            "--blink-settings=preferredColorScheme=\(scheme.rawValue)", url,
        ])
        return try Data(contentsOf: URL(fileURLWithPath: file))
    }

    struct Look: Decodable {
        /// How wide the page wants to be, in CSS pixels.
        var width: Int
        /// What reaches beyond the right edge.
        var beyond: [String]
        /// As `rgb(244, 246, 249)`.
        var background: String
        var text: String
        /// Cells of all strips.
        var cells: Int

        /// How far apart text and background are (WCAG 2.2, contrast ratio), from 1 to 21.
        var contrast: Double {
            let (one, other) = (Self.luminance(text), Self.luminance(background))
            return (max(one, other) + 0.05) / (min(one, other) + 0.05)
        }

        static func luminance(_ colour: String) -> Double {
            let parts = colour.split { !$0.isNumber }.prefix(3).compactMap { Double($0) }.map { value in
                let share = value / 255
                return share <= 0.03928 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
            }
            return zip(parts, [0.2126, 0.7152, 0.0722]).reduce(0) { $0 + $1.0 * $1.1 }
        }
    }

    private func run(_ arguments: [String]) async throws -> RunningProgram {
        let program = try RunningProgram(
            "chromium",
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--user-data-dir=\(folder["profile"])",
            ] + arguments)
        guard case .exit(0) = try await program.waitForEnd() else {
            throw TestFailure("the browser failed: \(program.errors.suffix(1000))")
        }
        return program
    }
}
