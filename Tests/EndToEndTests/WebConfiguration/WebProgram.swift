import Foundation

/// A program that takes the shared web configuration file.
enum WebProgram: String, CaseIterable {
    case nodeExporter = "node_exporter"
    case exporter = "mailstore_exporter"

    /// Starts the program on a file, has the clients of a case make their requests, and ends it.
    ///
    /// - Returns: The verdicts by the names of the clients; that of the start is under ``start``.
    func verdicts(on webCase: WebCase, _ file: String?, in scenery: WebScenery) async throws -> [String: String] {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let program = try launch(file, folder)
        var verdicts = [Self.start: WebVerdict.refusesToStart]
        if let address = try await address(of: program) {
            for client in webCase.clients {
                verdicts[client.name] = try await WebVerdict.ask(
                    "\(webCase.scheme)://\(address)/metrics", client, in: scenery)
            }
            // What listens may still find that it cannot serve; it ends within its first moments then.
            if try await !endsByItself(program, webCase) {
                verdicts[Self.start] = WebVerdict.starts
                try await program.kill()
                return verdicts
            }
        }
        guard case .exit(let code) = try await program.waitForEnd(), code != 0 else {
            throw TestFailure("\(rawValue) ended as if all were well:\n\(program.errors)")
        }
        return [Self.start: WebVerdict.refusesToStart]
    }

    static let start = "the start"

    private func launch(_ file: String?, _ folder: TemporaryFolder) throws -> RunningProgram {
        let arguments = ["--web.listen-address=127.0.0.1:0"] + (file.map { ["--web.config.file=\($0)"] } ?? [])
        switch self {
        case .nodeExporter:
            return try RunningProgram("prometheus-node-exporter", ["--collector.disable-defaults"] + arguments)
        case .exporter:
            // Nothing listens at port 1; whether a server is reached has no part in this.
            let target = ["--mailstore.url", "https://127.0.0.1:1", "--mailstore.username", "admin"]
            return try Exporter.launch(
                target + ["--state.directory", folder["state"]] + arguments,
                environment: ["MAILSTORE_PASSWORD": "unused"])
        }
    }

    /// Where the program listens; `nil` where it ends instead.
    private func address(of program: RunningProgram) async throws -> String? {
        var found: String?
        try await eventually("\(rawValue) listens or ends") {
            // The last line may still be under way.
            let lines = program.errors.components(separatedBy: "\n").dropLast()
            // node_exporter says where it listens before it has looked at the file, and this line after it.
            if self == .exporter || lines.contains(where: { $0.contains("msg=\"TLS is ") }) {
                found = lines.firstNonNil { line in
                    line.firstMatch(of: /msg="?[Ll]istening.* address="?(127\.0\.0\.1:\d+)/).map { String($0.output.1) }
                }
            }
            if found != nil { return true }
            return await program.ending() != nil
        }
        return found
    }

    private func endsByItself(_ program: RunningProgram, _ webCase: WebCase) async throws -> Bool {
        guard webCase.starts == false else { return await program.ending() != nil }
        // It must end; if it does not within these tries, it has started.
        for _ in 0..<50 {
            if await program.ending() != nil { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }
}

extension Sequence {
    fileprivate func firstNonNil<Result>(_ transform: (Element) -> Result?) -> Result? {
        for element in self {
            if let result = transform(element) { return result }
        }
        return nil
    }
}
