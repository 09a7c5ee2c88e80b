import Glibc
import Testing

/// Runs something without the rights of root, whom no permission keeps out of a file.
package enum OrdinaryUser {
    private typealias SetUser = @convention(c) (uid_t) -> CInt

    /// Linux keeps the user that file systems ask for with each thread: other threads go on as root.
    package static func run<Value>(_ body: () throws -> Value) throws -> Value {
        guard geteuid() == 0 else { return try body() }
        let symbol = try #require(dlsym(nil, "setfsuid"))
        let setFileSystemUser = unsafeBitCast(symbol, to: SetUser.self)
        let nobody: uid_t = 65_534
        _ = setFileSystemUser(nobody)
        defer { _ = setFileSystemUser(0) }
        // The call tells the user before it, and no error: asked again, it tells whether it took.
        try #require(setFileSystemUser(nobody) == CInt(nobody))
        return try body()
    }
}
