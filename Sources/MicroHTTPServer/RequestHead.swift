internal import CMicroHTTPD
internal import Glibc

/// The head of a request as it was sent, checked against RFC 9112 where libmicrohttpd accepts more.
///
/// libmicrohttpd reads the head in place: it replaces the separators by zeros and gives pointers to the parts. Where
/// the parts do not follow one another as in a valid head, the client sent a NUL or continued a header on a second
/// line. Newer versions of the library, which lay out the head differently, reject both themselves.
struct RequestHead {
    struct Header {
        var name: UnsafeBufferPointer<UInt8>
        var value: UnsafeBufferPointer<UInt8>

        func isNamed(_ text: StaticString) -> Bool {
            text.withUTF8Buffer { text in
                text.count == name.count && zip(text, name).allSatisfy { $0 | 0x20 == $1 | 0x20 }
            }
        }

        /// The value without spaces and tabs around it.
        var text: Substring {
            var text = Substring(String(decoding: value, as: UTF8.self))
            while text.first == " " || text.first == "\t" { text.removeFirst() }
            while text.last == " " || text.last == "\t" { text.removeLast() }
            return text
        }
    }

    private let method: UnsafePointer<CChar>
    private let path: UnsafePointer<CChar>
    private let version: UnsafePointer<CChar>
    private let target: RequestTarget
    private let size: Int
    private let headers: [Header]

    init(of event: ServerCore.Event, target: RequestTarget) {
        method = event.method
        path = event.path
        version = event.version
        self.target = target
        size = mhd_shim_head_size(event.connection)
        headers = Self.headers(of: event.connection)
    }

    private static func headers(of connection: OpaquePointer) -> [Header] {
        var headers: [Header] = []
        withUnsafeMutablePointer(to: &headers) { pointer in
            _ = MHD_get_connection_values_n(
                connection, .HEADER_KIND,
                { context, _, name, nameSize, value, valueSize in
                    let list = context?.assumingMemoryBound(to: [Header].self)
                    list?.pointee.append(
                        RequestHead.Header(
                            name: RequestHead.bytes(name, nameSize), value: RequestHead.bytes(value, valueSize)))
                    return .YES
                }, pointer)
        }
        return headers
    }

    private static func bytes(_ start: UnsafePointer<CChar>?, _ size: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(
            start: UnsafeRawPointer(start)?.assumingMemoryBound(to: UInt8.self), count: start == nil ? 0 : size)
    }

    /// The status and the words for a head that is not valid; nil for a valid one.
    var fault: (status: Int, reason: String)? {
        if target.fault == .tooLong { return (414, "the request target is too long or has too many parameters") }
        if let reason = lineFault ?? headerFault ?? hostFault { return (400, reason) }
        if headers.contains(where: { $0.isNamed("Expect") && $0.text.lowercased() != "100-continue" }) {
            return (417, "only 100-continue can be expected")
        }
        return bodyFault
    }

    private var isVersion10: Bool { String(cString: version) == "HTTP/1.0" }

    private var lineFault: String? {
        guard strlen(method) > 0, UnsafeBufferPointer(start: method, count: strlen(method)).allSatisfy(Self.isToken)
        else { return "the method is not valid" }
        let form = String(cString: path)
        guard target.fault == .none else {
            return "the request target has a fragment, or a character that is not percent-encoded correctly"
        }
        if form == "*" {
            return String(cString: method) == "OPTIONS" ? nil : "the request target * is only for OPTIONS"
        }
        guard form.hasPrefix("/") || AbsoluteTarget(form) != nil else {
            return "the request target is neither a path nor a URL"
        }
        return nil
    }

    private var headerFault: String? {
        guard headers.allSatisfy({ !$0.name.isEmpty && $0.name.allSatisfy { Self.isToken(CChar(bitPattern: $0)) } })
        else { return "the name of a header is not valid" }
        guard headers.allSatisfy({ $0.value.allSatisfy { $0 == 9 || ($0 >= 32 && $0 != 127) } }), isContiguous else {
            return "a NUL, another control character or a line break is where none may be"
        }
        return nil
    }

    /// Whether the parts follow one another, separated as in a valid head.
    private var isContiguous: Bool {
        guard mhd_shim_keeps_head() else { return true }
        let start = UnsafeRawPointer(method)
        guard UnsafeRawPointer(path) == start + strlen(method) + 1,
            UnsafeRawPointer(version) == UnsafeRawPointer(path) + target.length + 1
        else { return false }
        // A line ends with CR LF or LF (RFC 9112, 2.2).
        var end = UnsafeRawPointer(version) + strlen(version)
        for header in headers {
            guard let name = UnsafeRawPointer(header.name.baseAddress),
                let value = UnsafeRawPointer(header.value.baseAddress), 1...2 ~= name - end,
                value > name + header.name.count
            else { return false }
            end = value + header.value.count
        }
        return 2...4 ~= start + size - end
    }

    private var hostFault: String? {
        let hosts = headers.filter { $0.isNamed("Host") }
        guard let host = hosts.first else { return isVersion10 ? nil : "the header Host is missing" }
        guard hosts.count == 1 else { return "the header Host is repeated" }
        return Authority.isValid(host.text) ? nil : "the header Host is not a host with an optional port"
    }

    private var bodyFault: (status: Int, reason: String)? {
        let lengths = headers.filter { $0.isNamed("Content-Length") }
        let encodings = headers.filter { $0.isNamed("Transfer-Encoding") }
        if lengths.count > 1 { return (400, "the header Content-Length is repeated") }
        if let length = lengths.first?.text, length.isEmpty || !length.allSatisfy({ $0.isASCII && $0.isNumber }) {
            return (400, "the header Content-Length is not a number")
        }
        guard !encodings.isEmpty else { return nil }
        if !lengths.isEmpty { return (400, "both Content-Length and Transfer-Encoding are given") }
        if isVersion10 { return (400, "HTTP/1.0 has no Transfer-Encoding") }
        let codings = encodings.flatMap { $0.text.split(separator: ",") }.map { $0.trimming(" \t").lowercased() }
        guard codings.last == "chunked" else { return (400, "the last transfer coding is not chunked") }
        return codings.count == 1 ? nil : (501, "the only transfer coding that is supported is chunked")
    }

    /// Whether the character may be in a token (RFC 9110, 5.6.2).
    private static func isToken(_ character: CChar) -> Bool {
        tokenCharacters[Int(UInt8(bitPattern: character))]
    }

    private static let tokenCharacters: [Bool] = {
        let digits = "0123456789", letters = "abcdefghijklmnopqrstuvwxyz"
        let allowed = Set((digits + letters + letters.uppercased() + "!#$%&'*+-.^_`|~").utf8)
        return (0...255).map { allowed.contains($0) }
    }()
}

extension Substring {
    fileprivate func trimming(_ characters: String) -> Substring {
        var text = self
        while let first = text.first, characters.contains(first) { text.removeFirst() }
        while let last = text.last, characters.contains(last) { text.removeLast() }
        return text
    }
}
