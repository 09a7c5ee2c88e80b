internal import CMicroHTTPD
internal import Glibc

/// Starting libmicrohttpd.
enum Daemon {
    /// Takes over the socket: it is closed if the start fails.
    static func start(
        on socket: ListenSocket,
        _ options: ServerOptions,
        context: UnsafeMutableRawPointer
    ) throws(ServerError) -> OpaquePointer {
        if let error = tlsMistake(options) {
            close(socket.descriptor)
            throw error
        }
        let identity = socket.identity
        var start = mhd_shim_start()
        start.listen_socket = socket.descriptor
        start.connection_limit = UInt32(clamping: max(1, options.connectionLimit))
        start.threads = min(UInt32(clamping: max(1, options.threads)), start.connection_limit)
        start.per_address_connection_limit = UInt32(clamping: options.perAddressConnectionLimit ?? 0)
        start.idle_timeout = UInt32(clamping: options.idleTimeout)
        start.handler = ServerCore.accessHandler
        start.completed = ServerCore.requestCompleted
        start.context = context
        errno = 0
        let daemon = SignalMask.blocking { launch(&start, options.tls) }
        let code = errno
        guard let daemon else {
            // libmicrohttpd closes the socket on some of its ways out; the number may by now be another file's.
            if socket.identity == identity { close(socket.descriptor) }
            throw failure(code, options)
        }
        return daemon
    }

    private static func launch(_ start: inout mhd_shim_start, _ tls: TLSIdentity?) -> OpaquePointer? {
        guard let tls else { return mhd_shim_start(&start) }
        return tls.certificatePEM.withCString { certificate in
            tls.privateKeyPEM.withCString { key in
                TLSIdentity.priorities.withCString { priorities in
                    start.certificate = certificate
                    start.private_key = key
                    start.tls_priorities = priorities
                    return mhd_shim_start(&start)
                }
            }
        }
    }

    private static func tlsMistake(_ options: ServerOptions) -> ServerError? {
        guard let tls = options.tls else { return nil }
        guard mhd_shim_has_tls() else {
            return ServerError(
                .other, "this libmicrohttpd was built without TLS: install one with GnuTLS or serve plain HTTP")
        }
        return tls.mistake.map { ServerError(.badCertificate, $0) }
    }

    private static func failure(_ code: Int32, _ options: ServerOptions) -> ServerError {
        let ranOut = [EMFILE, ENFILE, EAGAIN, ENOMEM].contains(code)
        if options.tls != nil && !ranOut {
            return ServerError(
                .badCertificate,
                "the certificate and the private key cannot be used together: one of them is damaged, or the key "
                    + "belongs to another certificate; compare the public keys that "
                    + "openssl x509 -in CERT -noout -pubkey and openssl pkey -in KEY -pubout print")
        }
        if ranOut { return ServerError(errno: code, host: options.host, port: options.port) }
        return ServerError(.other, "the HTTP server did not start: \(ServerError.text(of: code)); try fewer threads")
    }
}
