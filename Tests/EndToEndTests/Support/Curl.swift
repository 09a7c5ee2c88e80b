import Foundation

/// A reply, as the real `curl` program got it.
struct CurlReply {
    var status: Int
    /// In the order in which they came; names in lower case.
    var headers: [(name: String, value: String)]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    func header(_ name: String) -> String? {
        headers.first { $0.name == name.lowercased() }?.value
    }
}

extension CurlReply {
    /// Runs curl and reads its one reply.
    ///
    /// - Throws: where curl gets none.
    static func get(_ url: String, _ arguments: [String] = []) async throws -> CurlReply {
        let folder = try TemporaryFolder()
        let program = try RunningProgram(
            "curl",
            [
                "-q", "--silent", "--show-error", "--globoff", "--noproxy", "*", "--max-time", "10", "--dump-header",
                folder["head"], "--output", folder["body"],
            ] + arguments + [url])
        guard case .exit(0) = try await program.waitForEnd() else {
            throw TestFailure("curl got no reply from \(url): \(program.errors)")
        }
        // Interim replies have a head of their own in front.
        let heads = folder.read("head").replacingOccurrences(of: "\r\n", with: "\n").components(separatedBy: "\n\n")
        let lines = (heads.last { !$0.isEmpty } ?? "").components(separatedBy: "\n")
        let headers = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (
                line[..<colon].lowercased(),
                line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            )
        }
        return CurlReply(
            status: Int(lines[0].split(separator: " ").dropFirst().first ?? "") ?? 0, headers: headers,
            body: Array((try? Data(contentsOf: URL(fileURLWithPath: folder["body"]))) ?? Data()))
    }
}
