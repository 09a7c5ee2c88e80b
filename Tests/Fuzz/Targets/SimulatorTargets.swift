@testable import MailStoreAPI
@testable import MailStoreSimulator

extension FuzzTarget {
    /// Two requests to a simulated server of each edition, the first of which may inject a fault or start a process.
    static let simulator = [
        FuzzTarget(name: "simulator") { input in try request(input, of: Server.core) },
        FuzzTarget(name: "installation") { input in try request(input, of: Server.installation) },
    ]

    private static func request(_ input: [UInt8], of server: SimulatorCore) throws {
        var core = server
        var now = Server.begin
        for part in parts(input, atMost: 2) {
            let lines = part.split(separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
            let fields = lines.map { text(Array($0)) }
            var request = SimulatedRequest(method: fields[0], path: fields.count > 1 ? fields[1] : "/")
            request.query = fields.count > 2 ? FormDecoding.fields(Array(fields[2].utf8)) : [:]
            request.body = lines.count > 3 ? Array(lines[3]) : []
            request.authorization = Server.login
            request.contentLength = String(request.body.count)
            request.contentType = "application/x-www-form-urlencoded"
            try check(reply(to: request, from: &core, at: &now), whatever: request.path)
        }
    }

    private enum Server {
        /// Tue, 14 Oct 2025 10:00:00 UTC, a working day.
        static let begin = 1_760_436_000.0
        /// `admin:simulated` in Base64.
        static let login = "Basic YWRtaW46c2ltdWxhdGVk"
        static let core = SimulatorCore(options(.server))
        static let installation = SimulatorCore(options(.serviceProvider))

        private static func options(_ edition: SimulatorOptions.Edition) -> SimulatorOptions {
            var options = SimulatorOptions()
            options.edition = edition
            options.now = { begin }
            options.start = begin
            options.history = 1
            return options
        }
    }

    /// The reply, after all that it waits for.
    private static func reply(
        to request: SimulatedRequest, from core: inout SimulatorCore, at now: inout Double
    ) throws -> SimulatedReply {
        var progress = core.begin(request, at: now)
        for _ in 0..<3 {
            switch progress {
            case .reply(let reply): return reply
            case .wait(let pending):
                now = max(now, min(pending.due, now + 86_400))
                progress = core.resume(pending, at: now)
            }
        }
        guard case .reply(let reply) = progress else { return SimulatedReply(delivery: .disconnect) }
        return reply
    }

    private static func check(_ reply: SimulatedReply, whatever path: String) throws {
        guard reply.delivery != .disconnect else { return }
        try promise((100...999).contains(reply.status), "\(path) is answered with \(reply.status)")
        for header in reply.headers {
            let isLine = (header.name + header.value).utf8.allSatisfy { $0 != 0x0D && $0 != 0x0A }
            try promise(isLine || header.name == "Location", "the header \(header.name) has two lines")
        }
    }
}
