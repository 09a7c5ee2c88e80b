import Glibc
import Testing

@Suite("While hostile clients do their worst", .serialized, .timeLimit(.minutes(6)))
struct HostileTests {
    struct Battle: Sendable, CustomTestStringConvertible {
        var guarding: Battlefield.Guarding
        /// One wave after the other; the attacks of a wave go side by side.
        var waves: [[any Attack]]

        var testDescription: String {
            "\(guarding.rawValue), \(waves.joined().map(\.name).joined(separator: ", "))"
        }
    }

    private static let battles = [
        Battle(
            guarding: .none,
            waves: [
                [IdleConnections()], [MalformedRequests(), HalfClosed(), SlowHeads(), Pipelining(), UnreadReplies()],
                [NoDescriptors()],
            ]),
        Battle(guarding: .none, waves: [[SlowCrowds()]]),
        Battle(
            guarding: .full,
            waves: [
                [IdleConnections()], [TLSGarbage(), RetiredTLS(), WrongCertificates(), WrongPasswords()],
                [BrokenWebConfiguration()], [ReplacedCertificates()],
            ]),
    ]

    /// What the allocator may keep for itself of what it had, in kilobytes.
    private static let margin = 32 * 1024

    @Test("a scraper gets every page, whole and right, and nothing is left behind", arguments: battles)
    func battle(_ battle: Battle) async throws {
        try Self.raiseDescriptorLimit()
        try await Battlefield.with(battle.guarding) { field in
            let exporter = field.exporter
            // One of everything first: what is made once and kept is no leak.
            for path in ["/", "/api/v1/status", "/config", "/targets/archive", "/probe?target=archive"] {
                #expect(try await field.newcomer(path).status == 200)
            }
            let before = try await Self.footprint(of: field)
            for wave in battle.waves {
                try await withThrowingTaskGroup { group in
                    for attack in wave { group.addTask { try await Self.run(attack, on: field) } }
                    try await group.waitForAll()
                }
                #expect(await exporter.program.ending() == nil)
            }
            try await field.scraper.more(20)
            try await eventually("the descriptors are closed again") {
                try Footprint(of: exporter).descriptors <= before.descriptors
            }
            try await eventually("the memory is given back") {
                try Footprint(of: exporter).memory <= before.memory + Self.margin
            }
            #expect(try await field.scraper.finish() > 0)
            try await Self.end(field)
        }
    }

    /// What the process takes while it is left in peace, at most: it opens files and connections now and then.
    private static func footprint(of field: Battlefield) async throws -> Footprint {
        var most = try Footprint(of: field.exporter)
        for _ in 0..<20 {
            try await field.scraper.more(1)
            let now = try Footprint(of: field.exporter)
            most = Footprint(
                descriptors: max(most.descriptors, now.descriptors), memory: max(most.memory, now.memory))
        }
        return most
    }

    private static func run(_ attack: any Attack, on field: Battlefield) async throws {
        do {
            try await attack.run(on: field)
        } catch {
            throw TestFailure("\(attack.name): \(error)")
        }
    }

    /// Connections that hang in every way there is do not keep the exporter from ending in time.
    private static func end(_ field: Battlefield) async throws {
        let addresses = field.exporter.addresses
        let request = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
        let texts = ["", String(request.dropLast()), String(repeating: request, count: 200)]
        let hanging = try await onOwnThread {
            try addresses.flatMap { address in
                try texts.flatMap { text in
                    try (0..<5).map { _ in
                        let connection = try RawConnection(to: address, receiveBuffer: 4096)
                        connection.offer(text)
                        return connection
                    }
                }
            }
        }
        // Until everything is sent that goes, and is not read.
        _ = try await field.newcomer("/metrics")
        field.exporter.program.signal(SIGTERM)
        // Five seconds, in steps of a fiftieth.
        #expect(try await field.exporter.program.waitForEnd(tries: 250) == .exit(0))
        withExtendedLifetime(hanging) {}
    }

    private static func raiseDescriptorLimit() throws {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        getrlimit(resource, &limit)
        try #require(limit.rlim_max >= 4096, "raise the hard limit of open files (ulimit -Hn)")
        limit.rlim_cur = max(limit.rlim_cur, 4096)
        setrlimit(resource, &limit)
    }
}
