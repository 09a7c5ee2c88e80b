import Foundation
import Glibc

/// A program that was started, ended by its id at the latest when nobody knows it any more.
///
/// What it writes goes to files, so that it never waits for a reader.
actor RunningProgram {
    nonisolated let pid: pid_t
    private nonisolated let folder: TemporaryFolder
    private var end: Ending?

    /// How a program ended.
    enum Ending: Equatable {
        case exit(Int32)
        case signal(Int32)
    }

    /// - Parameters:
    ///   - path: The program's file.
    ///   - environment: All that it finds in its environment, besides the `PATH`.
    init(_ path: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        folder = try TemporaryFolder()
        pid = try Self.spawn(path, arguments, environment, folder)
    }

    deinit {
        guard end == nil else { return }
        Glibc.kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }

    /// What it has written to its standard output so far.
    nonisolated var output: String { folder.read("output") }
    /// What it has written to its standard error so far.
    nonisolated var errors: String { folder.read("errors") }

    nonisolated func signal(_ number: Int32) {
        Glibc.kill(pid, number)
    }

    /// How it ended; `nil` while it runs.
    func ending() -> Ending? {
        if let end { return end }
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
        end = status & 0x7F == 0 ? .exit(status >> 8 & 0xFF) : .signal(status & 0x7F)
        return end
    }

    /// Waits for the program to end by itself, up to a bound.
    func waitForEnd(tries: Int = 600) async throws -> Ending {
        for _ in 0..<tries {
            if let ending = ending() { return ending }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw TestFailure("process \(pid) has not ended; it wrote:\n\(errors.suffix(4000))")
    }

    /// Ends the program at once and waits until it is gone.
    func kill() async throws {
        guard ending() == nil else { return }
        signal(SIGKILL)
        _ = try await waitForEnd()
    }

    private static func spawn(
        _ path: String, _ arguments: [String], _ environment: [String: String], _ folder: TemporaryFolder
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, folder["output"], O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, folder["errors"], O_WRONLY | O_CREAT | O_APPEND, 0o600)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The threads of a test may block or ignore signals; a program begins with neither.
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let variables = ["PATH": "/usr/local/bin:/usr/bin:/bin"].merging(environment) { $1 }
        var arguments = ([path] + arguments).map { strdup($0) } + [nil]
        var environment = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in arguments + environment { free(pointer) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, path, &actions, &attributes, &arguments, &environment)
        guard code == 0 else { throw TestFailure("\(path) cannot be started: \(String(cString: strerror(code)))") }
        return pid
    }
}

extension RunningProgram {
    /// Waits until the program, a server of the Prometheus project, says where it listens: `127.0.0.1:40123`.
    ///
    /// - Throws: where it ends instead.
    nonisolated func listeningAddress() async throws -> String {
        var address: String?
        try await eventually("process \(pid) listens") {
            if let ending = await ending() { throw TestFailure("it ended (\(ending)):\n\(errors)") }
            // The last line may still be under way.
            let line = errors.components(separatedBy: "\n").dropLast().first { $0.contains("msg=\"Listening on\"") }
            address = line?.components(separatedBy: "address=").last
            return address != nil
        }
        return address ?? ""
    }
}

/// Asks again and again until the answer is yes: what real processes do takes its time.
///
/// The number of tries is bounded; no test depends on how long a try takes.
///
/// - Throws: ``TestFailure`` where the answer is never yes.
func eventually(_ what: String, tries: Int = 600, _ condition: () async throws -> Bool) async throws {
    for _ in 0..<tries {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(50))
    }
    throw TestFailure("it never came to pass that \(what)")
}
