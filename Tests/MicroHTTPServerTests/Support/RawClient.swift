import Glibc

/// A TCP connection that says exactly what a test wants said.
actor RawClient {
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var isOpen = true

    /// Seconds of silence after which a test fails instead of hanging.
    private static let patience = 60

    /// - Parameter source: the address to connect from; nil leaves it to the system.
    init(port: Int, host: String = "127.0.0.1", from source: String? = nil) async throws {
        descriptor = try await blockingCall { try Self.connected(host, port, source) }
    }

    /// Takes over a connected socket.
    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        if isOpen { close(descriptor) }
    }

    func leave() {
        guard isOpen else { return }
        isOpen = false
        close(descriptor)
    }

    /// Ends the connection with a reset.
    func leaveAbruptly() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        leave()
    }

    /// Says that nothing more will be sent, and goes on listening.
    func finishSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) async throws {
        let descriptor = descriptor
        try await blockingCall {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { throw SystemCallError(call: "send") }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Sends the head of a request for the path.
    func request(_ path: String, method: String = "GET", headers: String...) async throws {
        let lines = ["\(method) \(path) HTTP/1.1", "Host: test"] + headers
        try await send(lines.joined(separator: "\r\n") + "\r\n\r\n")
    }

    /// The next reply; nil if the connection ended before a byte of it.
    func reply(toHead: Bool = false) async throws -> RawReply? {
        guard var reply = try await head() else { return nil }
        if toHead || [204, 304].contains(reply.status) {
            return reply
        }
        if reply.header("transfer-encoding") == "chunked" {
            while true {
                guard let line = try await line(), let size = Int(line, radix: 16) else {
                    reply.isComplete = false
                    return reply
                }
                let (chunk, isComplete) = try await take(size + 2)
                reply.body += chunk.prefix(size)
                reply.isComplete = isComplete
                if size == 0 || !isComplete { return reply }
            }
        }
        if let length = reply.header("content-length").flatMap({ Int($0) }) {
            (reply.body, reply.isComplete) = try await take(length)
        } else {
            while try await more() {}
            reply.body = buffer
            buffer = []
        }
        return reply
    }

    /// The head alone; its body is left for `rest`.
    func head() async throws -> RawReply? {
        while true {
            if let end = buffer.firstRange(of: Array("\r\n\r\n".utf8)) {
                let reply = RawReply(head: buffer[..<end.lowerBound])
                buffer.removeSubrange(..<end.upperBound)
                return reply
            }
            guard try await more() else { return nil }
        }
    }

    /// The given number of bytes, or fewer and false if the connection ends first.
    func take(_ count: Int) async throws -> (bytes: [UInt8], isComplete: Bool) {
        while buffer.count < count {
            guard try await more() else { break }
        }
        let bytes = Array(buffer.prefix(count))
        buffer.removeFirst(bytes.count)
        return (bytes, bytes.count == count)
    }

    /// Waits for the end of the connection; false if the server says something instead.
    func isClosed() async throws -> Bool {
        try await !more()
    }

    private func line() async throws -> String? {
        while true {
            if let end = buffer.firstRange(of: Array("\r\n".utf8)) {
                let line = String(decoding: buffer[..<end.lowerBound], as: UTF8.self)
                buffer.removeSubrange(..<end.upperBound)
                return line
            }
            guard try await more() else { return nil }
        }
    }

    /// Reads what there is; false at the end of the connection, orderly or not.
    private func more() async throws -> Bool {
        let descriptor = descriptor
        let bytes = try await blockingCall {
            var bytes = [UInt8](repeating: 0, count: 1 << 18)
            let count = recv(descriptor, &bytes, bytes.count, 0)
            if count < 0 && errno != ECONNRESET { throw SystemCallError(call: "recv") }
            return Array(bytes.prefix(max(0, count)))
        }
        buffer += bytes
        return !bytes.isEmpty
    }

    private static func connected(_ host: String, _ port: Int, _ source: String?) throws -> Int32 {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0, let address = list?.pointee else {
            throw SystemCallError(call: "getaddrinfo", code: 0)
        }
        defer { freeaddrinfo(list) }
        let type = address.ai_socktype | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.ai_family, type, 0)
        guard descriptor >= 0 else { throw SystemCallError(call: "socket") }
        var limit = timeval(tv_sec: patience, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        if let source {
            var from = sockaddr_in()
            from.sin_family = sa_family_t(AF_INET)
            inet_pton(AF_INET, source, &from.sin_addr)
            let result = withUnsafePointer(to: &from) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard result == 0 else { throw SystemCallError(call: "bind") }
        }
        guard connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 else {
            let error = SystemCallError(call: "connect")
            close(descriptor)
            throw error
        }
        return descriptor
    }
}

/// A reply as it came over the wire.
struct RawReply: Sendable {
    var status: Int
    var headers: [(name: String, value: String)]
    var body: [UInt8] = []
    /// False if the connection ended before the body did.
    var isComplete = true

    var text: String { String(decoding: body, as: UTF8.self) }

    /// Reads a head without its final empty line.
    init?(head: ArraySlice<UInt8>) {
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else { return nil }
        self.status = status
        headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (
                name: parts[0].lowercased(),
                value: parts.count == 2 ? String(parts[1].drop { $0 == " " }) : ""
            )
        }
    }

    /// The value of the first header of that name, in lower case.
    func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}
