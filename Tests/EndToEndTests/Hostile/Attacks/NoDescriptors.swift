import Testing

/// So many connections that the process has no descriptor left.
struct NoDescriptors: Attack {
    func run(on field: Battlefield) async throws {
        let pid = field.exporter.program.pid
        let limit = TemporaryFolder.text(of: "/proc/\(pid)/limits").split(separator: "\n")
            .first { $0.hasPrefix("Max open files") }?.split(separator: " ").dropFirst(3).first
        let former = try #require(limit)
        let few = try Footprint(of: field.exporter).descriptors + 5
        try await Self.limit(pid, to: "\(few)")
        let waiting = try await onOwnThread { try field.connections(100, from: ["127.0.0.60"]) }
        try await field.scraper.more(20)
        // One of them may be open for a moment only.
        #expect(try Footprint(of: field.exporter).descriptors >= few - 2, "there were descriptors left")
        try await Self.limit(pid, to: String(former))
        for connection in waiting {
            connection.offer("GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        }
        let answers = try await onOwnThread { try waiting.map { try $0.readToEnd() } }
        #expect(answers.allSatisfy { $0.hasPrefix("HTTP/1.1 200 ") })
        #expect(try await field.newcomer().status == 200)
    }

    private static func limit(_ pid: Int32, to number: String) async throws {
        let prlimit = try RunningProgram("prlimit", ["--pid", "\(pid)", "--nofile=\(number):"])
        guard try await prlimit.waitForEnd() == .exit(0) else { throw TestFailure("prlimit: \(prlimit.errors)") }
    }
}
