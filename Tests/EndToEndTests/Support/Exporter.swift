import Foundation

/// The exporter as users run it: the built program, a process of its own.
struct Exporter: Sendable {
    let program: RunningProgram
    /// Where it listens, in the order of the flags: `127.0.0.1:40123`.
    let addresses: [String]

    /// The built program, which lies beside the tests.
    static let path: String = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: tests).deletingLastPathComponent().path + "/mailstore_exporter"
    }()

    /// Starts the program with these arguments.
    ///
    /// - Parameter descriptors: The limit on descriptors, soft and hard; `nil` leaves it as it is.
    static func launch(
        _ arguments: [String], environment: [String: String] = [:], descriptors: Int? = nil
    ) throws -> RunningProgram {
        guard let descriptors else { return try RunningProgram(path, arguments, environment: environment) }
        let limit = "--nofile=\(descriptors):\(descriptors)"
        return try RunningProgram("prlimit", [limit, path] + arguments, environment: environment)
    }

    /// Starts the program and waits until it listens.
    ///
    /// - Throws: where it ends instead.
    init(
        _ arguments: [String], listenOn: [String] = ["127.0.0.1:0"], environment: [String: String] = [:],
        descriptors: Int? = nil
    ) async throws {
        let program = try Self.launch(
            arguments + listenOn.flatMap { ["--web.listen-address", $0] }, environment: environment,
            descriptors: descriptors)
        self.program = program
        var found: [String] = []
        try await eventually("the exporter listens") {
            found = Self.addresses(in: program.errors)
            if found.count < listenOn.count, let ending = await program.ending() {
                throw TestFailure("the exporter ended (\(ending)):\n\(program.errors)")
            }
            return found.count == listenOn.count
        }
        addresses = found
    }

    /// Starts the program on a configuration file.
    init(configuration: String, debug: Bool = false) async throws {
        try await self.init(["--config.file", configuration] + (debug ? ["--log.level", "debug"] : []))
    }

    /// A program that was started in another way, and listens at this address.
    init(_ program: RunningProgram, at address: String) {
        self.program = program
        addresses = [address]
    }

    private static func addresses(in log: String) -> [String] {
        // The last line may still be under way; a line is logfmt or JSON.
        log.components(separatedBy: "\n").dropLast().filter { $0.contains(/msg"?[=:]"?listening\b/) }
            .compactMap { line in
                line.firstMatch(of: /\baddress"?[=:]"?([^" }]+)/).map { String($0.output.1) }
            }
    }

    var log: String { program.errors }

    func get(_ path: String, _ arguments: [String] = [], at address: String? = nil) async throws -> CurlReply {
        try await CurlReply.get("http://\(address ?? addresses[0])\(path)", arguments)
    }

    /// The page in the text format; an answer of another kind fails.
    func page() async throws -> Page {
        let reply = try await get("/metrics", ["--header", "Accept: text/plain;version=0.0.4"])
        guard reply.status == 200 else { throw TestFailure("/metrics answered \(reply.status)") }
        return try Page(reply.text)
    }

    /// Waits until the page is as it should be, and returns it.
    @discardableResult
    func page(until what: String, _ condition: (Page) -> Bool) async throws -> Page {
        var newest: Page?
        try await eventually(what) {
            let page = try await page()
            newest = page
            return condition(page)
        }
        guard let newest else { throw TestFailure("no page") }
        return newest
    }

    /// Ends it as a service manager does, and waits.
    func stop(_ signal: Int32 = SIGTERM) async throws -> RunningProgram.Ending {
        program.signal(signal)
        return try await program.waitForEnd()
    }

    /// A number of kilobytes from `/proc/PID/status`, such as `VmHWM`, the most memory that was ever resident.
    func memory(_ field: String) -> Int? {
        let line = TemporaryFolder.text(of: "/proc/\(program.pid)/status").split(separator: "\n")
            .first { $0.hasPrefix(field + ":") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
    }
}

extension Page {
    static let collectors = ["server", "license", "users", "sessions", "stores", "jobs", "profiles"]

    static let serviceProviderCollectors = ["environment", "instances"]

    /// Whether the last try of all these collectors worked.
    func succeeded(_ collectors: [String] = Self.collectors, target: String = "archive") -> Bool {
        collectors.allSatisfy {
            value("mailstore_collector_success", ["target": target, "collector": $0]) == 1
        }
    }

    func errors(_ function: String, _ reason: String, target: String = "archive") -> Double {
        value("mailstore_api_errors_total", ["target": target, "function": function, "reason": reason]) ?? -1
    }
}
