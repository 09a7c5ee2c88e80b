import Glibc

/// A program that is run to its end.
enum Program {
    struct Output: Sendable {
        var exitCode: Int32
        var bytes: [UInt8]
        var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    /// Runs a program found on the path; its error output is dropped.
    static func run(_ name: String, _ arguments: String...) async throws -> Output {
        try await blockingCall { try runBlocking(name, arguments) }
    }

    private static func runBlocking(_ name: String, _ arguments: [String]) throws -> Output {
        var ends: [Int32] = [0, 0]
        // Not a pipe: without pipe2, which Swift's Glibc leaves out, a program started meanwhile would hold it open.
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw SystemCallError(call: "socketpair") }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)

        let words = ([name] + arguments).map { strdup($0) }
        defer { for word in words { free(word) } }
        var process = pid_t()
        let result = posix_spawnp(&process, name, &actions, nil, words + [nil], environ)
        close(ends[1])
        defer { close(ends[0]) }
        guard result == 0 else { throw SystemCallError(call: "posix_spawnp \(name)", code: result) }

        let bytes = readToEnd(ends[0])
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        let signal = status & 0x7F
        return Output(exitCode: signal == 0 ? (status >> 8) & 0xFF : -signal, bytes: bytes)
    }

    private static func readToEnd(_ descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count > 0 {
                bytes += buffer[..<count]
            } else if count == 0 || errno != EINTR {
                return bytes
            }
        }
    }
}

/// Runs blocking code on a thread of its own, so that the tasks of a server under test always find a free one.
func blockingCall<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        let work = Work { continuation.resume(with: Swift.Result(catching: body)) }
        let context = Unmanaged.passRetained(work)
        var thread = pthread_t()
        let result = pthread_create(&thread, nil, Work.run, context.toOpaque())
        if result == 0 {
            pthread_detach(thread)
        } else {
            context.release()
            continuation.resume(throwing: SystemCallError(call: "pthread_create", code: result))
        }
    }
}

/// A system call that failed.
struct SystemCallError: Error, Equatable {
    var call: String
    var code: Int32

    init(call: String, code: Int32 = errno) {
        self.call = call
        self.code = code
    }
}

private final class Work: Sendable {
    private let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }

    static let run: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
        guard let context else { return nil }
        Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
        return nil
    }
}
