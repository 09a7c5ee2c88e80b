import Glibc
import Testing

@Suite("While hostile clients do their worst", .serialized, .timeLimit(.minutes(3)))
struct HostileTests {
    struct Battle: Sendable, CustomTestStringConvertible {
        var guarding: Battlefield.Guarding
        var attacks: [any Attack]

        var testDescription: String { guarding.rawValue }
    }

    private static let battles = [
        Battle(
            guarding: .none,
            attacks: [
                MalformedRequests(), HalfClosed(), Pipelining(), IdleConnections(), UnreadReplies(), NoDescriptors(),
                SlowHeads(),
            ]),
        Battle(
            guarding: .full,
            attacks: [
                TLSGarbage(), RetiredTLS(), WrongCertificates(), WrongPasswords(), IdleConnections(),
                BrokenWebConfiguration(), ReplacedCertificates(),
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
            try await field.scraper.more(20)
            for path in ["/", "/api/v1/status", "/config", "/targets/archive", "/probe?target=archive"] {
                #expect(try await field.newcomer(path).status == 200)
            }
            let before = try Footprint(of: exporter)
            for attack in battle.attacks {
                let start = ContinuousClock.now
                do {
                    try await attack.run(on: field)
                } catch {
                    throw TestFailure("\(attack.name): \(error)")
                }
                print("TIME", attack.name, ContinuousClock.now - start, try Footprint(of: exporter), before)
                #expect(await exporter.program.ending() == nil, "\(attack.name) has ended the exporter")
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

    /// Connections that hang in every way there is do not keep the exporter from ending in time.
    private static func end(_ field: Battlefield) async throws {
        let addresses = field.exporter.addresses
        let hanging = try await onOwnThread {
            try addresses.flatMap { address in
                try ["", "GET /metrics HTTP/1.1\r\n", String(repeating: "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", count: 200)]
                    .flatMap { text in
                        try (0..<5).map { _ in
                            let connection = try RawConnection(to: address, receiveBuffer: 4096)
                            connection.offer(text)
                            return connection
                        }
                    }
            }
        }
        try await eventually("replies are under way that nobody reads") { field.authority != nil || hanging.count > 0 }
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
