import Glibc

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
