internal import CGnuTLS
internal import CMicroHTTPD
internal import Glibc

/// Answers a client that speaks plain HTTP to a TLS port in words that it understands.
enum TLSGreeting {
    private static let text = "400 Bad Request: this port speaks HTTPS: use https:// in the address\n"
    private static let reply = """
        HTTP/1.1 400 Bad Request\r
        Content-Type: text/plain; charset=utf-8\r
        Content-Length: \(text.utf8.count)\r
        Connection: close\r
        \r
        \(text)
        """
    /// Bytes of the request that are read, so that closing the socket does not discard the reply.
    private static let mostDrained = 64 << 10

    /// Makes GnuTLS read a session's bytes through `pull`.
    ///
    /// - Parameter record: The connection, which outlives the session.
    static func watch(_ session: gnutls_session_t, _ descriptor: Int32, _ record: UnsafeMutableRawPointer) {
        gnutls_transport_set_ptr2(session, record, UnsafeMutableRawPointer(bitPattern: Int(descriptor)))
        gnutls_transport_set_pull_function(session, pull)
    }

    private static let pull: @convention(c) (gnutls_transport_ptr_t?, UnsafeMutableRawPointer?, Int) -> Int = {
        pointer, buffer, size in
        guard let pointer, let buffer else { return -1 }
        let record = ConnectionRecord.at(pointer)
        let count = recv(record.descriptor, buffer, size, 0)
        guard count > 0, !record.hasGreeted else { return count }
        record.hasGreeted = true
        // A TLS record begins with 22, one of SSL 2 with a byte above 127.
        let first = Unicode.Scalar(buffer.load(as: UInt8.self))
        guard first.isASCII, first.properties.isAlphabetic else { return count }
        answer(record.descriptor)
        errno = ECONNRESET
        return -1
    }

    private static func answer(_ descriptor: Int32) {
        withUnsafeTemporaryAllocation(byteCount: mostDrained, alignment: 1) { buffer in
            _ = recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
        }
        let bytes = Array(reply.utf8)
        send(descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
    }
}
