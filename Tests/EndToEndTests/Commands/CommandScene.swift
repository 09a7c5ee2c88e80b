import Foundation
import Glibc
import MailStoreSimulator

/// A simulated server whose clock moves only when a test moves it, and the flags by which commands reach it.
final class CommandScene: Sendable {
    static let password = "simulated-4711"

    let simulator: Simulator
    let folder: TemporaryFolder

    init(_ configure: (inout SimulatorOptions) -> Void = { _ in }) throws {
        var options = SimulatorOptions()
        options.password = Self.password
        options.isAlive = false
        options.history = 0
        options.speed = 0
        configure(&options)
        simulator = try Simulator(options)
        folder = try TemporaryFolder()
    }

    deinit {
        simulator.stop()
    }

    var flags: [String] {
        [
            "--mailstore.url", simulator.url, "--mailstore.username", "admin", "--mailstore.pinned-public-key",
            "sha256//\(simulator.publicKeyPin)",
        ]
    }

    static let environment = ["MAILSTORE_PASSWORD": password, "TERM": "xterm"]

    /// Starts a command without a terminal.
    func start(_ arguments: [String], environment: [String: String] = environment) throws -> RunningProgram {
        try RunningProgram(Exporter.path, arguments + flags, environment: environment)
    }

    /// Runs a command without a terminal to its end.
    func run(
        _ arguments: [String], environment: [String: String] = environment
    ) async throws -> (exitCode: RunningProgram.Ending, output: String, errors: String) {
        let program = try start(arguments, environment: environment)
        let ending = try await program.waitForEnd()
        return (ending, program.output, program.errors)
    }

    /// Starts a command on a terminal of its own.
    func terminal(_ arguments: [String], environment: [String: String] = environment) throws -> CommandTerminal {
        try CommandTerminal(Exporter.path, arguments + flags, environment: environment)
    }

    /// The functions that were called, in their order.
    var called: [String] { simulator.requestLog().map(\.function) }

    /// Moves the simulated clock on, again and again, until the condition holds.
    func moveClock(by seconds: Double, until what: String, _ condition: () async throws -> Bool) async throws {
        try await eventually(what) {
            if try await condition() { return true }
            simulator.advanceClock(by: seconds)
            return false
        }
    }
}

/// A program on a pseudo-terminal that is its controlling one, so that Ctrl-C is the key, no signal of the test's.
final class CommandTerminal: Sendable {
    let pid: pid_t
    private let master: Int32
    private let program: SpawnedProgram

    /// - Parameter columns: The width of the window at first.
    init(_ path: String, _ arguments: [String], environment: [String: String], columns: UInt16 = 80) throws {
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        // Glibc's openpty() is not visible to Swift; these are the requests that it makes (ioctl_tty(2)).
        let (setLock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
        var (unlocked, number): (Int32, Int32) = (0, 0)
        guard master >= 0, ioctl(master, setLock, &unlocked) == 0, ioctl(master, getNumber, &number) == 0 else {
            throw TestFailure("there is no pseudo-terminal to be had")
        }
        pid = try Self.spawn(path, arguments, environment, on: "/dev/pts/\(number)")
        program = SpawnedProgram(pid: pid, master: master)
        resize(columns: columns)
    }

    /// Everything that was written to the terminal so far, escape sequences included.
    func screen() async -> String { await program.screen() }

    /// Waits until a text was written to the terminal that fulfils the condition.
    func wait(for what: String, _ condition: @Sendable (String) -> Bool) async throws {
        do {
            try await eventually(what) { condition(await screen()) }
        } catch {
            throw TestFailure("\(error); the terminal shows:\n\((await screen()).debugDescription)")
        }
    }

    func wait(for text: String) async throws {
        try await wait(for: "the terminal shows \(text)") { $0.contains(text) }
    }

    /// Presses keys.
    func type(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard write(master, bytes, bytes.count) == bytes.count else { throw TestFailure("the terminal takes no keys") }
    }

    func pressControlC() throws { try type("\u{3}") }

    func resize(columns: UInt16) {
        var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    /// Waits for the program's end, up to a bound, and returns its exit code.
    func exitCode() async throws -> Int32 {
        var code: Int32?
        do {
            try await eventually("process \(pid) has ended") {
                code = await program.exitCode()
                return code != nil
            }
        } catch {
            throw TestFailure("\(error); the terminal shows:\n\((await screen()).debugDescription)")
        }
        return code ?? -1
    }

    private static func spawn(
        _ path: String, _ arguments: [String], _ environment: [String: String], on terminal: String
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // The first terminal that the leader of a session opens becomes its controlling one.
        posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        let newSession: Int32 = 0x80  // POSIX_SPAWN_SETSID
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | newSession))
        var arguments = ([path] + arguments).map { strdup($0) } + [nil]
        var environment = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in arguments + environment { free(pointer) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, path, &actions, &attributes, &arguments, &environment)
        guard code == 0 else { throw TestFailure("\(path) cannot be started: \(String(cString: strerror(code)))") }
        return pid
    }
}

/// The end of a program and what it wrote: ended by its id at the latest when nobody knows it any more.
private actor SpawnedProgram {
    private let pid: pid_t
    private let master: Int32
    private var written: [UInt8] = []
    private var end: Int32?

    init(pid: pid_t, master: Int32) {
        self.pid = pid
        self.master = master
    }

    deinit {
        if end == nil {
            kill(pid, SIGKILL)
            var status: Int32 = 0
            waitpid(pid, &status, 0)
        }
        close(master)
    }

    func screen() -> String {
        var buffer = [UInt8](repeating: 0, count: 65536)
        var state = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        while poll(&state, 1, 0) > 0, state.revents & Int16(POLLIN) != 0 {
            let count = read(master, &buffer, buffer.count)
            guard count > 0 else { break }
            written += buffer[..<count]
        }
        return String(decoding: written, as: UTF8.self)
    }

    /// 128 and the signal's number where a signal ended it; `nil` while it runs.
    func exitCode() -> Int32? {
        if let end { return end }
        // What the program still wants to write must not make it wait.
        _ = screen()
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
        end = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
        return end
    }
}
