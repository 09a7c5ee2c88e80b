import Dispatch
import Glibc
import OperatingSystem
import PlainText

/// Resolves names and opens connections without the transport; replaceable, so that tests need no network.
struct NetworkProbe: Sendable {
    /// The addresses of a host, within a time limit.
    var resolve: @Sendable (_ host: String, _ limit: Duration) async -> Result<[NetworkAddress], NetworkFailure>
    /// Connects to an address, closes the connection and returns how long connecting took.
    var connect:
        @Sendable (_ address: NetworkAddress, _ port: Int, _ limit: Duration) async -> Result<Duration, NetworkFailure>
}

/// A numeric IP address: `192.0.2.7`, `2001:db8::7`.
struct NetworkAddress: Sendable, Hashable, CustomStringConvertible {
    let description: String

    init(_ text: String) {
        description = text
    }
}

/// Why a name could not be resolved, or an address not be connected to.
struct NetworkFailure: Error, Sendable, Equatable, CustomStringConvertible {
    enum Kind: Sendable, Equatable {
        /// The name does not exist, or nothing listens on the port.
        case refused
        case timedOut
        case other
    }

    let kind: Kind
    /// The system's message.
    let description: String
}

extension NetworkProbe {
    /// This machine's resolver and network.
    static let system = NetworkProbe(
        resolve: { host, limit in
            await onThread(within: limit) { SystemNetwork.resolve(host) }
                ?? .failure(NetworkFailure(kind: .timedOut, description: "no reply within \(limit.text)"))
        },
        connect: { address, port, limit in
            await onThread(within: limit + .seconds(1)) {
                SystemNetwork.connect(address, port: port, limit: limit)
            } ?? .failure(NetworkFailure(kind: .timedOut, description: "no reply within \(limit.text)"))
        })

    /// Runs a blocking call on another thread; if it takes too long, abandons it and returns `nil`.
    private static func onThread<Value: Sendable>(
        within limit: Duration, _ body: @escaping @Sendable () -> Value
    ) async -> Value? {
        let queue = DispatchQueue.global()
        return await withCheckedContinuation { continuation in
            let waiting = Locked<CheckedContinuation<Value?, Never>?>(continuation)
            @Sendable func finish(_ value: Value?) {
                let waiter = waiting.withLock { waiting in
                    defer { waiting = nil }
                    return waiting
                }
                waiter?.resume(returning: value)
            }
            queue.async { finish(body()) }
            queue.asyncAfter(deadline: .now() + limit.inSeconds) { finish(nil) }
        }
    }
}

/// The system's calls, which block.
private enum SystemNetwork {
    static func resolve(_ host: String) -> Result<[NetworkAddress], NetworkFailure> {
        addresses(of: host).map { found in
            found.map { NetworkAddress($0.host) }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        }
    }

    static func connect(_ address: NetworkAddress, port: Int, limit: Duration) -> Result<Duration, NetworkFailure> {
        let start = Clock.system.uptime()
        return addresses(of: address.description, port: port, flags: AI_NUMERICHOST).flatMap { found in
            guard let target = found.first else { return .failure(failure(EADDRNOTAVAIL)) }
            let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
            let socket = Glibc.socket(target.family, kind, 0)
            guard socket >= 0 else { return .failure(failure(errno)) }
            defer { close(socket) }
            if target.withPointer({ Glibc.connect(socket, $0, $1) }) != 0 {
                guard errno == EINPROGRESS else { return .failure(failure(errno)) }
                if let failure = wait(for: socket, limit: limit) { return .failure(failure) }
            }
            return .success(Clock.system.uptime() - start)
        }
    }

    private static func wait(for socket: Int32, limit: Duration) -> NetworkFailure? {
        var waiting = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
        let milliseconds = Int32(clamping: max(1, limit.inMilliseconds))
        guard poll(&waiting, 1, milliseconds) > 0 else {
            return NetworkFailure(kind: .timedOut, description: "no reply within \(limit.text)")
        }
        var error: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size)
        return error == 0 ? nil : failure(error)
    }

    private static func addresses(
        of host: String, port: Int? = nil, flags: Int32 = 0
    ) -> Result<[SocketAddress], NetworkFailure> {
        do throws(AddressLookupError) {
            return .success(try SocketAddress.lookUp(host: host, port: port, flags: flags))
        } catch {
            return .failure(
                NetworkFailure(kind: error.isUnknownName ? .refused : .other, description: error.description))
        }
    }

    private static func failure(_ code: Int32) -> NetworkFailure {
        NetworkFailure(kind: code == ECONNREFUSED ? .refused : .other, description: String(cString: strerror(code)))
    }
}
