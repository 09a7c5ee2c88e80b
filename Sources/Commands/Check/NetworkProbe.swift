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
        switch addresses(of: host, port: nil, flags: 0) {
        case .failure(let failure): return .failure(failure)
        case .success(let list):
            defer { freeaddrinfo(list) }
            var found: [NetworkAddress] = []
            for entry in sequence(first: list, next: { $0.pointee.ai_next }) {
                guard let address = numericText(entry.pointee), !found.contains(address) else { continue }
                found.append(address)
            }
            return .success(found)
        }
    }

    static func connect(_ address: NetworkAddress, port: Int, limit: Duration) -> Result<Duration, NetworkFailure> {
        let start = Clock.system.uptime()
        let list: UnsafeMutablePointer<addrinfo>
        switch addresses(of: address.description, port: port, flags: AI_NUMERICHOST | AI_NUMERICSERV) {
        case .failure(let failure): return .failure(failure)
        case .success(let found): list = found
        }
        defer { freeaddrinfo(list) }
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let socket = Glibc.socket(list.pointee.ai_family, kind, 0)
        guard socket >= 0 else { return .failure(failure(errno)) }
        defer { close(socket) }
        if Glibc.connect(socket, list.pointee.ai_addr, list.pointee.ai_addrlen) != 0 {
            guard errno == EINPROGRESS else { return .failure(failure(errno)) }
            if let failure = wait(for: socket, limit: limit) { return .failure(failure) }
        }
        return .success(Clock.system.uptime() - start)
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
        of host: String, port: Int?, flags: Int32
    ) -> Result<UnsafeMutablePointer<addrinfo>, NetworkFailure> {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = flags
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, port.map(String.init), &hints, &list)
        guard code == 0, let list else {
            let text = code == EAI_SYSTEM ? String(cString: strerror(errno)) : String(cString: gai_strerror(code))
            return .failure(NetworkFailure(kind: code == EAI_NONAME ? .refused : .other, description: text))
        }
        return .success(list)
    }

    private static func numericText(_ entry: addrinfo) -> NetworkAddress? {
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let length = socklen_t(text.count)
        guard getnameinfo(entry.ai_addr, entry.ai_addrlen, &text, length, nil, 0, NI_NUMERICHOST) == 0 else {
            return nil
        }
        return NetworkAddress(String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    private static func failure(_ code: Int32) -> NetworkFailure {
        NetworkFailure(kind: code == ECONNREFUSED ? .refused : .other, description: String(cString: strerror(code)))
    }
}
