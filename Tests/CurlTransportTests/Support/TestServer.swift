import Glibc

/// A small TLS server in Python that answers each path in its own, mostly bad, way; see `TestServer+Script.swift`.
final class TestServer: Sendable {
    enum Mode: String {
        /// Speaks TLS with the given certificate.
        case tls
        /// Answers whatever comes with a plain HTTP 400.
        case plain
        /// Accepts connections and never says a word.
        case silent
        /// Listens, but its queue of connections is full.
        case full
        /// Closes every connection at once.
        case closing
        /// An HTTP proxy.
        case proxy
        /// An HTTP proxy that speaks TLS.
        case tlsProxy = "tls-proxy"
    }

    let port: Int
    private let process: pid_t
    private let folder: TemporaryFolder

    /// - Parameters:
    ///   - issuers: The certificates that are sent after the server's own.
    ///   - tunnel: The proxy's answer to CONNECT, such as `403 Forbidden`; empty if it connects.
    init(
        _ mode: Mode = .tls, certificate: TestCertificate? = nil, issuers: [TestCertificate] = [], tunnel: String = ""
    ) throws {
        folder = try TemporaryFolder()
        let script = try folder.write(Self.script, to: "server.py")
        let chain = (certificate.map { [$0] } ?? []) + issuers
        let pem = try folder.write(chain.map(\.pem).joined() + (certificate?.keyPEM ?? ""), to: "server.pem")
        let words = ["python3", "-u", script, mode.rawValue, pem, "\(folder.path)/log", tunnel]
        let arguments: [UnsafeMutablePointer<CChar>?] = words.map { word in strdup(word) } + [nil]
        defer { for argument in arguments { free(argument) } }

        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw TestFailure("pipe failed") }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        var process = pid_t()
        let status = posix_spawnp(&process, "python3", &actions, nil, arguments, environ)
        close(ends[1])
        defer { close(ends[0]) }
        guard status == 0 else { throw TestFailure("python3 does not start: \(status)") }
        self.process = process

        // The first line is the port, printed once the server listens.
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(ends[0], &byte, 1) == 1, byte != 10 { line.append(byte) }
        guard let port = Int(String(decoding: line, as: UTF8.self)) else {
            kill(process, SIGKILL)
            waitpid(process, nil, 0)
            throw TestFailure("the server has no port")
        }
        self.port = port
    }

    deinit {
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
    }

    var url: String { "https://127.0.0.1:\(port)" }

    /// How many connections were accepted until now.
    func connections() throws -> Int { try count(of: "accepted") }

    /// How many requests were read until now.
    func requests() throws -> Int { try count(of: "request") }

    /// How many replies were ended by the other side.
    func brokenReplies() throws -> Int { try count(of: "broken") }

    /// What the proxy was asked, with all headers.
    func proxyRequests() throws -> [String] {
        try contents(of: "\(folder.path)/log").split(separator: "\n").filter { $0.hasPrefix("CONNECT ") }.map(
            String.init)
    }

    private func count(of event: String) throws -> Int {
        try contents(of: "\(folder.path)/log").split(separator: "\n").count { $0 == event }
    }
}
