internal import Glibc

/// One connection from its acceptance to its end.
///
/// libmicrohttpd's connection holds one reference, from `retained` when it starts to `release` when it ends.
final class ConnectionRecord: CallbackContext, Sendable {
    /// Unique among all connections of the table; the descriptor is its lower half.
    let id: UInt64
    let network: ClientNetwork
    // Safety: written when the connection starts and read during its handshake, both on its event loop thread.
    nonisolated(unsafe) var credentials: TLSCredentials?
    // Safety: only the event loop thread of the connection touches it.
    /// Whether the first byte of a TLS connection has been read.
    nonisolated(unsafe) var hasGreeted = false

    var descriptor: Int32 { Self.descriptor(of: id) }

    init(descriptor: Int32, number: UInt32, network: ClientNetwork) {
        id = UInt64(number) << 32 | UInt64(UInt32(bitPattern: descriptor))
        self.network = network
    }

    static func descriptor(of id: UInt64) -> Int32 {
        Int32(truncatingIfNeeded: id)
    }
}

/// The clock for the server's time limits, which changes of the system time do not affect.
enum MonotonicTime {
    /// Milliseconds since an arbitrary moment, always above 0.
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000 + 1
    }

    /// The seconds in milliseconds, at least 1 and at most about a year.
    static func milliseconds(_ seconds: Double) -> Int64 {
        Int64(min(max(seconds * 1000, 1), 3e10))
    }
}
