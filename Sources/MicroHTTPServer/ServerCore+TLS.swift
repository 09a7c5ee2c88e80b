internal import CMicroHTTPD

extension ServerCore {
    /// Secures the connections that start from now on.
    func secure(with identity: TLSIdentity, _ policy: TLSPolicy) throws(ServerError) {
        guard mhd_shim_has_tls() else {
            throw ServerError(
                .other, "this libmicrohttpd was built without TLS: install one with GnuTLS or serve plain HTTP")
        }
        let connections = connections
        let new = try TLSCredentials(identity, policy) { connections.count { $0.rejectedCertificates += 1 } }
        credentials.withLock { $0 = new }
    }
}
