internal import CMicroHTTPD
internal import Glibc

/// One request; valid only while its handler runs.
///
/// Nothing is copied or decoded until it is asked for.
package struct Request: ~Copyable {
    let connection: OpaquePointer
    let methodName: UnsafePointer<CChar>
    let decodedPath: UnsafePointer<CChar>

    /// The body; empty unless the server's `maximumBodySize` is above 0.
    package let body: [UInt8]

    /// The method as it was sent: `GET`.
    package var method: String { String(cString: methodName) }

    /// The path without the query, `%XX` decoded.
    package var path: String { String(cString: decodedPath) }

    /// The value of the first header of that name; names are case-insensitive.
    package func header(_ name: StaticString) -> String? {
        value(.HEADER_KIND, name)
    }

    /// The value of the first query parameter of that name, decoded; empty for one without `=`.
    ///
    /// Names are compared without regard to case.
    package func query(_ name: StaticString) -> String? {
        value(.GET_ARGUMENT_KIND, name)
    }

    /// The client's address in numbers, an IPv4 client of a dual-stack socket as IPv4; empty if unknown.
    package var clientAddress: String {
        guard let address = mhd_shim_client_address(connection) else { return "" }
        let size: Int
        switch Int32(address.pointee.sa_family) {
        case AF_INET: size = MemoryLayout<sockaddr_in>.size
        case AF_INET6: size = MemoryLayout<sockaddr_in6>.size
        default: return ""
        }
        let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            let result = getnameinfo(
                address, socklen_t(size), start, socklen_t(buffer.count), nil, 0, Int32(NI_NUMERICHOST))
            return result == 0 ? String(cString: start) : ""
        }
        return text.hasPrefix("::ffff:") && text.contains(".") ? String(text.dropFirst(7)) : text
    }

    /// The client's network, by which connections are limited.
    package var clientNetwork: ClientNetwork {
        ConnectionRecord.at(mhd_shim_socket_context(connection))?.network ?? ClientNetwork(address: "")
    }

    private func value(_ kind: MHD_ValueKind, _ name: StaticString) -> String? {
        name.withUTF8Buffer { name in
            guard let start = name.baseAddress else { return nil }
            return start.withMemoryRebound(to: CChar.self, capacity: name.count) { start in
                var value: UnsafePointer<CChar>?
                var size = 0
                let found = MHD_lookup_connection_value_n(connection, kind, start, name.count, &value, &size)
                guard found == .YES else { return nil }
                guard let value else { return "" }
                return String(decoding: UnsafeRawBufferPointer(start: value, count: size), as: UTF8.self)
            }
        }
    }
}
