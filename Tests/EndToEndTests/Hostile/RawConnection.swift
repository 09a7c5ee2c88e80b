import Foundation
import Glibc

/// A TCP connection of a client that keeps to no rules; its calls block, see ``onOwnThread(_:)``.
final class RawConnection: Sendable {
    private let descriptor: Int32

    /// Seconds of silence after which a test fails instead of hanging.
    private static let patience = 30

    /// - Parameters:
    ///   - address: Where the server listens: `127.0.0.1:40123`.
    ///   - source: The address to come from.
    ///   - receiveBuffer: How many bytes the kernel may hold for this client, about; `nil` leaves it to the kernel.
    init(to address: String, from source: String = "127.0.0.1", receiveBuffer: Int32? = nil) throws {
        let parts = address.split(separator: ":")
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        descriptor = socket(AF_INET, type, 0)
        guard descriptor >= 0, parts.count == 2, let port = UInt16(parts[1]) else {
            throw TestFailure("no socket to \(address): \(String(cString: strerror(errno)))")
        }
        var limit = timeval(tv_sec: Self.patience, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        if var receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
        }
        guard Self.call(bind, descriptor, source, 0) == 0,
            Self.call(connect, descriptor, String(parts[0]), port) == 0
        else { throw TestFailure("no connection to \(address) from \(source): \(String(cString: strerror(errno)))") }
    }

    deinit {
        close(descriptor)
    }

    /// Sends all of it; what a server that has heard enough does not take is lost.
    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    func send(_ text: String) {
        send(Array(text.utf8))
    }

    /// Sends as much as goes without waiting.
    func offer(_ text: String) {
        var text = text
        _ = text.withUTF8 {
            Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        }
    }

    /// Says that nothing more will be sent, and goes on listening.
    func finishSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Makes the end of the connection an abrupt one: with a reset, when this client is given up.
    func endAbruptly() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// Whether the server has closed the connection; what it said before is thrown away.
    var isClosed: Bool {
        var bytes = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            if count == 0 { return true }
            if count < 0 { return errno != EAGAIN }
        }
    }

    /// Everything that the server says until it closes the connection, orderly or not.
    ///
    /// - Throws: ``TestFailure`` where it falls silent instead.
    func readToEnd() throws -> String {
        try read { _ in false }
    }

    /// What the server says up to the end of the first text like this.
    ///
    /// - Throws: ``TestFailure`` where it does not.
    func read(through text: String) throws -> String {
        let wanted = Array(text.utf8)
        let said = try read { $0.firstRange(of: wanted) != nil }
        guard said.contains(text) else { throw TestFailure("the server said only: \(said.prefix(500))") }
        return said
    }

    private func read(until isEnough: ([UInt8]) -> Bool) throws -> String {
        var said: [UInt8] = []
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        while !isEnough(said) {
            let count = recv(descriptor, &bytes, bytes.count, 0)
            if count == 0 || (count < 0 && errno == ECONNRESET) { break }
            guard count > 0 else {
                throw TestFailure("the server says nothing, nor does it close; it said \(said.count) bytes")
            }
            said += bytes[..<count]
        }
        return String(decoding: said, as: UTF8.self)
    }

    private typealias AddressCall = (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32

    private static func call(_ function: AddressCall, _ descriptor: Int32, _ host: String, _ port: UInt16) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                function(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}

/// Runs code that blocks on a thread of its own, so that tasks always find a free one.
func onOwnThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Swift.Result(catching: body)) }
    }
}
