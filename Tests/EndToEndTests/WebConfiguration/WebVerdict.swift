import Foundation

/// What came of a program or of a request, as a text that two programs can be compared by.
enum WebVerdict {
    static let starts = "starts"
    static let refusesToStart = "refuses to start"
    /// There was no reply: the connection ended in the handshake or before a reply.
    static let noReply = "no reply"

    private static let headers = [
        "Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options",
        "X-XSS-Protection", "WWW-Authenticate",
    ]

    /// Exit codes of curl for an end in HTTP/2's framing, in the handshake, without a reply, in sending, in receiving.
    ///
    /// 60 is what curl makes of the alert that the client's certificate has expired.
    private static let codesWithoutReply: [Int32] = [16, 35, 52, 55, 56, 60]

    /// Has a client make its request.
    ///
    /// - Returns: ``noReply``, or the status, and below it the headers that the file format is about.
    /// - Throws: where curl fails in another way, which says nothing of the server.
    static func ask(_ url: String, _ client: WebClient, in scenery: WebScenery) async throws -> String {
        let status = client.tellsVersion ? "%{http_code} by HTTP/%{http_version}" : "%{http_code}"
        let form = ([status] + headers.map { "%header{\($0)}" }).joined(separator: "|")
        let program = try RunningProgram(
            "curl",
            ["-q", "--silent", "--show-error", "--insecure", "--noproxy", "*", "--max-time", "10"]
                + ["--output", "/dev/null", "--write-out", form]
                + client.arguments.map(scenery.filled) + [url])
        let ending = try await program.waitForEnd()
        guard case .exit(let code) = ending, code == 0 || codesWithoutReply.contains(code) else {
            throw TestFailure("curl, for “\(client.name)”, ended (\(ending)): \(program.errors)")
        }
        if code != 0 { return noReply }
        let values = program.output.components(separatedBy: "|").map {
            $0.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        // An empty header says as much as none.
        let found = zip(headers, values.dropFirst()).filter { !$0.1.isEmpty }.map { "\($0.0): \($0.1)" }
        return ([values[0]] + found).joined(separator: "\n")
    }
}
