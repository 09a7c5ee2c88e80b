internal import CMicroHTTPD

/// What a request's head says about its body (RFC 9112, section 6.3).
enum BodyAnnouncement {
    case none
    case size(Int)
    case unknownSize

    init(of connection: OpaquePointer) {
        if MHD_lookup_connection_value(connection, .HEADER_KIND, "Transfer-Encoding") != nil {
            self = .unknownSize
        } else if let length = MHD_lookup_connection_value(connection, .HEADER_KIND, "Content-Length") {
            // libmicrohttpd has refused what is not a number; one that does not fit is too large for any limit.
            let size = Int(String(cString: length)) ?? Int.max
            self = size > 0 ? .size(size) : .none
        } else {
            self = .none
        }
    }
}
