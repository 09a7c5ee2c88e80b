internal import CMicroHTTPD
internal import Glibc

/// One request; valid only while its handler runs.
///
/// Nothing is copied or decoded before it is read.
package struct Request: ~Copyable {
    let connection: OpaquePointer
    let methodName: UnsafePointer<CChar>
    let decodedPath: UnsafePointer<CChar>

    /// The body; empty unless the server's `maximumBodySize` is above 0.
    package let body: [UInt8]

    /// The method as sent: `GET`.
    package var method: String { String(cString: methodName) }

    /// The path without the query, `%XX` decoded; of a target in absolute form too.
    package var path: String {
        let text = String(cString: decodedPath)
        return AbsoluteTarget(text).map { String($0.path) } ?? text
    }

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

    /// The values of all query parameters of that name, decoded, in order; at most 100.
    package func queries(_ name: StaticString) -> [String] {
        guard query(name) != nil else { return [] }
        var found = (name: name.description.lowercased(), values: [String]())
        withUnsafeMutablePointer(to: &found) { found in
            _ = MHD_get_connection_values(
                connection, .GET_ARGUMENT_KIND,
                { context, _, key, value in
                    guard let found = context?.assumingMemoryBound(to: (name: String, values: [String]).self), let key
                    else { return .NO }
                    if String(cString: key).lowercased() == found.pointee.name {
                        found.pointee.values.append(value.map { String(cString: $0) } ?? "")
                    }
                    return found.pointee.values.count < 100 ? .YES : .NO
                }, found)
        }
        return found.values
    }

    /// The client's numeric address, an IPv4 client of a dual-stack socket as IPv4; empty if unknown.
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
        mhd_shim_socket_context(connection).map { ConnectionRecord.at($0).network } ?? ClientNetwork(address: "")
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

/// The state of one request between libmicrohttpd's calls; a request without a body does not need it.
///
/// The connection holds one reference from `attach` to `detach`, which the completion callback calls exactly once.
// Safety: only the event loop thread of its connection touches it. While the connection is suspended that thread does
// not, and `reply` is written by the thread that resumes it; MHD_resume_connection orders the two by a lock.
final class RequestContext: CallbackContext, @unchecked Sendable {
    var body: [UInt8] = []
    /// Bytes that were discarded because the body is larger than allowed.
    var discarded = 0
    /// The work on a reply that comes later, before the connection is suspended.
    var pending: (@Sendable () async -> Reply)?
    /// Set when the connection is resumed.
    var reply: Reply?

    private let count: LiveCount

    init(countedBy count: LiveCount) {
        self.count = count
        count.enter()
    }

    deinit {
        count.leave()
    }

    typealias Slot = UnsafeMutablePointer<UnsafeMutableRawPointer?>

    /// The value of the slot for a request without a context, so that a GET allocates nothing.
    private static var none: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: 1) }

    static func attachNone(to slot: Slot) {
        slot.pointee = none
    }

    func attach(to slot: Slot) {
        slot.pointee = retained()
    }

    static func attached(to slot: Slot) -> RequestContext? {
        guard let pointer = slot.pointee, pointer != none else { return nil }
        return at(pointer)
    }

    /// Releases the connection's reference; false if the request was never announced.
    static func detach(from slot: Slot) -> Bool {
        guard let pointer = slot.pointee, RequestTarget(slotValue: pointer) == nil else { return false }
        slot.pointee = nil
        if pointer != none { release(pointer) }
        return true
    }
}
