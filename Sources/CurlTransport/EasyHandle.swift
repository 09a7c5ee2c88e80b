internal import CCurl
internal import MailStoreAPI

/// Owns one libcurl easy handle, the buffers that it writes to and the lists that it reads.
///
/// Only the engine's thread creates, uses and frees it, so it is not `Sendable`.
final class EasyHandle {
    let curl: UnsafeMutableRawPointer
    /// The buffers that the callbacks fill; allocated manually, so that callbacks need no reference counting.
    private let state: UnsafeMutablePointer<CallbackState>
    /// The first error from setting an option; a handle with one must not be used.
    private(set) var refusal: CURLcode?
    /// The header lines for a request with a body: no `Expect: 100-continue`, and nothing that asks for compression.
    private let linesWithBody = curl_slist_append(curl_slist_append(nil, "Expect:"), "Accept-Encoding:")
    /// For an empty body: no `Content-Type` either.
    private let linesWithoutBody = curl_slist_append(
        curl_slist_append(curl_slist_append(nil, "Expect:"), "Accept-Encoding:"), "Content-Type:")
    private let errorText: UnsafeMutablePointer<CChar>

    /// Creates a handle with only the options for its buffers; `nil` if there is no memory.
    init?(replyLimit: Int) {
        guard let curl = curl_easy_init() else { return nil }
        self.curl = curl
        state = .allocate(capacity: 1)
        state.initialize(to: CallbackState(buffer: ReplyBuffer(limit: replyLimit), curl: curl))
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))

        if linesWithBody == nil || linesWithoutBody == nil { refusal = CURLE_OUT_OF_MEMORY }
        // libcurl keeps these pointers; `deinit` frees the memory after the handle.
        check(ccurl_set_pointer(curl, CURLOPT_ERRORBUFFER, errorText))
        check(ccurl_set_pointer(curl, CURLOPT_WRITEDATA, state))
        check(ccurl_set_callback(curl, CURLOPT_WRITEFUNCTION, takeBody))
        check(ccurl_set_pointer(curl, CURLOPT_HEADERDATA, state))
        check(ccurl_set_callback(curl, CURLOPT_HEADERFUNCTION, takeHeader))
        // Distinguishes a slow TCP connection from a slow handshake, which the times of a transfer do not. A libcurl
        // with another TLS library may not support it: then only an explanation is less exact.
        _ = ccurl_set_pointer(curl, CURLOPT_SSL_CTX_DATA, state)
        _ = ccurl_set_tls_callback(curl, noteHandshake)
    }

    deinit {
        curl_easy_cleanup(curl)
        curl_slist_free_all(linesWithBody)
        curl_slist_free_all(linesWithoutBody)
        errorText.deallocate()
        state.deinitialize(count: 1)
        state.deallocate()
    }

    /// The part of the reply that has arrived.
    var buffer: ReplyBuffer { state.pointee.buffer }

    /// Whether the last transfer began a TLS handshake of its own.
    var beganHandshake: Bool { state.pointee.beganHandshake }

    /// Stores the first error.
    private func check(_ code: CURLcode) {
        if code != CURLE_OK && refusal == nil { refusal = code }
    }

    private func set(_ option: CURLoption, _ value: Int) { check(ccurl_set_long(curl, option, value)) }

    private func set(_ option: CURLoption, _ value: String?) { check(ccurl_set_string(curl, option, value)) }

    /// libcurl's message about the last failure; empty if there is none.
    var errorDetail: String { String(cString: errorText) }

    /// Clears the results of the last transfer.
    ///
    /// - Parameter replyLimit: The largest body of the next reply, in bytes.
    private func clearResults(replyLimit: Int) {
        errorText[0] = 0
        state.pointee.beganHandshake = false
        state.pointee.buffer = ReplyBuffer(limit: replyLimit)
    }

    /// The finished reply; the body moves out of the handle.
    func takeResponse(certificate: CertificateInfo?, wantsHeaders: Bool) -> HTTPResponse {
        var response = HTTPResponse(
            status: ccurl_get_long(curl, CURLINFO_RESPONSE_CODE),
            body: state.pointee.buffer.take(),
            date: header("Date"),
            contentType: header("Content-Type"),
            certificate: certificate
        )
        response.server = header("Server")
        if wantsHeaders { response.headers = headers }
        return response
    }

    /// All headers of the last reply, in their order.
    private var headers: [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        var previous: UnsafeMutablePointer<curl_header>?
        while let next = curl_easy_nextheader(curl, UInt32(CURLH_HEADER), -1, previous) {
            headers.append((String(cString: next.pointee.name), String(cString: next.pointee.value)))
            previous = next
        }
        return headers
    }

    /// A header of the last reply.
    private func header(_ name: String) -> String? {
        ccurl_get_header(curl, name).map { String(cString: $0) }
    }

    /// The server's certificate of the last handshake, as PEM; `nil` if a connection was reused.
    var leafCertificate: String? {
        ccurl_get_certificates(curl).flatMap {
            $0.pointee.num_of_certs > 0 ? Self.pem(in: $0.pointee.certinfo?[0]) : nil
        }
    }

    /// All certificates that the server sent in the last handshake, as PEM, its own first.
    var certificateChain: [String] {
        guard let chain = ccurl_get_certificates(curl) else { return [] }
        return (0..<max(0, Int(chain.pointee.num_of_certs))).compactMap { Self.pem(in: chain.pointee.certinfo?[$0]) }
    }

    /// The certificate in libcurl's list of the fields of one.
    private static func pem(in fields: UnsafeMutablePointer<curl_slist>?) -> String? {
        let prefix = "Cert:"
        var field = fields
        while let entry = field {
            if let data = entry.pointee.data {
                let text = String(cString: data)
                if text.hasPrefix(prefix) { return String(text.dropFirst(prefix.count)) }
            }
            field = entry.pointee.next
        }
        return nil
    }

    /// Whether the last transfer used a kept-alive connection.
    var reusedConnection: Bool { ccurl_get_long(curl, CURLINFO_NUM_CONNECTS) == 0 }

    // MARK: - Options

    /// A handle for the requests to an endpoint; `nil` if there is no memory.
    static func forRequests(to endpoint: Endpoint, sessions: UnsafeMutableRawPointer?) -> EasyHandle? {
        let options = endpoint.options
        guard let handle = EasyHandle(replyLimit: options.maximumReplySize) else { return nil }
        handle.setCommonOptions()
        handle.setTrust(endpoint.trust, options.authorities)
        handle.setProxy(endpoint.proxy, options.authorities)
        handle.setLifetime(options.connectionMaximumAge)
        // Decompresses replies, although the header lines above do not ask for compression: some proxies compress
        // everything.
        handle.set(CURLOPT_ACCEPT_ENCODING, "")
        handle.set(CURLOPT_USERAGENT, options.userAgent)
        handle.set(CURLOPT_POST, 1)
        handle.check(ccurl_set_basic_authentication(handle.curl))
        if let sessions { handle.check(ccurl_set_pointer(handle.curl, CURLOPT_SHARE, sessions)) }
        return handle
    }

    /// A handle that connects without verification, to read the certificate, and sends nothing.
    static func forCertificate(of endpoint: Endpoint) -> EasyHandle? {
        guard let handle = EasyHandle(replyLimit: 0) else { return nil }
        handle.setCommonOptions()
        handle.setTrust(.nothing, endpoint.options.authorities)
        handle.setProxy(endpoint.proxy, endpoint.options.authorities)
        handle.set(CURLOPT_CONNECT_ONLY, 1)
        handle.set(CURLOPT_FRESH_CONNECT, 1)
        handle.set(CURLOPT_FORBID_REUSE, 1)
        handle.set(CURLOPT_URL, endpoint.url(path: "/"))
        return handle
    }

    /// Sets the options of one request.
    func prepare(
        _ request: HTTPRequest, to endpoint: Endpoint, remaining: Duration, freshConnection: Bool
    ) {
        let limit = endpoint.options.maximumReplySize
        clearResults(replyLimit: request.allowsLargeReply ? min(limit, .max / 4) * 4 : limit)
        check(ccurl_set_offset(curl, CURLOPT_MAXFILESIZE_LARGE, Int(max(1, buffer.limit))))
        set(CURLOPT_FRESH_CONNECT, freshConnection ? 1 : 0)
        set(CURLOPT_URL, endpoint.url(path: request.path))
        request.body.withUnsafeBytes { check(ccurl_set_post_body(curl, $0.baseAddress, $0.count)) }
        check(ccurl_set_list(curl, CURLOPT_HTTPHEADER, request.body.isEmpty ? linesWithoutBody : linesWithBody))
        set(CURLOPT_USERNAME, request.credentials?.username)
        set(CURLOPT_PASSWORD, request.credentials?.password.exposed)
        setTimeouts(total: remaining, connect: endpoint.options.connectTimeout)
    }

    /// Sets the time-outs, both counted from the start of the transfer.
    func setTimeouts(total: Duration, connect: Duration) {
        set(CURLOPT_TIMEOUT_MS, total.curlMilliseconds)
        set(CURLOPT_CONNECTTIMEOUT_MS, min(total, connect).curlMilliseconds)
    }

    private func setCommonOptions() {
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_PROTOCOLS_STR, "https")
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_CERTINFO, 1)
        // Otherwise a cancelled transfer would block the thread until the resolver gives up.
        set(CURLOPT_QUICK_EXIT, 1)
    }

    /// Sets how old a connection may be that is reused, and how long an address of the host is used.
    private func setLifetime(_ age: Duration) {
        let seconds = max(1, (age.curlMilliseconds + 999) / 1000)
        set(CURLOPT_MAXLIFETIME_CONN, seconds)
        set(CURLOPT_DNS_CACHE_TIMEOUT, min(60, seconds))
    }

    /// Sets the proxy; libcurl must not read the environment itself, so that an error can name what was used.
    private func setProxy(_ proxy: Proxy?, _ authorities: EnvironmentAuthorities) {
        set(CURLOPT_PROXY, proxy?.url ?? "")
        set(CURLOPT_NOPROXY, "")
        guard let proxy else { return }
        if proxy.url == nil, refusal == nil { refusal = CURLE_COULDNT_RESOLVE_PROXY }
        // Without its login in the URL, no message of libcurl can contain it.
        set(CURLOPT_PROXYUSERNAME, proxy.login?.username)
        set(CURLOPT_PROXYPASSWORD, proxy.login?.password.exposed)
        // The proxy's headers are not part of the reply.
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        if let file = authorities.file { set(CURLOPT_PROXY_CAINFO, file) }
        if let directory = authorities.directory { set(CURLOPT_PROXY_CAPATH, directory) }
    }

    private func setTrust(_ trust: CertificateTrust, _ authorities: EnvironmentAuthorities) {
        set(CURLOPT_SSL_VERIFYPEER, trust.checksChain ? 1 : 0)
        set(CURLOPT_SSL_VERIFYHOST, trust.checksChain ? 2 : 0)
        set(CURLOPT_PINNEDPUBLICKEY, trust.pin)
        if let file = trust.caFile {
            set(CURLOPT_CAINFO, file)
            // Otherwise the system's directory of authorities would be trusted in addition to the file.
            set(CURLOPT_CAPATH, nil as String?)
            // A replaced file takes effect with the next connection.
            set(CURLOPT_CA_CACHE_TIMEOUT, 0)
        } else {
            if let file = authorities.file { set(CURLOPT_CAINFO, file) }
            if let directory = authorities.directory { set(CURLOPT_CAPATH, directory) }
            set(CURLOPT_CA_CACHE_TIMEOUT, authorities == EnvironmentAuthorities() ? 3600 : 0)
        }
    }
}

extension Duration {
    /// Whole milliseconds for libcurl, rounded up, from 1 (0 would mean no limit) to what fits into an `int`.
    var curlMilliseconds: Int {
        let (seconds, attoseconds) = components
        guard seconds < 2_000_000 else { return 2_000_000_000 }
        guard seconds >= 0, attoseconds >= 0 else { return 1 }
        let attosecondsInMillisecond: Int64 = 1_000_000_000_000_000
        let milliseconds = (attoseconds + attosecondsInMillisecond - 1) / attosecondsInMillisecond
        return max(1, Int(seconds * 1000 + milliseconds))
    }
}

/// The state that libcurl's callbacks of one easy handle change; `EasyHandle` owns its memory.
private struct CallbackState {
    var buffer: ReplyBuffer
    var beganHandshake = false
    let curl: UnsafeMutableRawPointer
}

/// libcurl's write callback: any return other than the count ends the transfer with an error.
private func takeBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes, let state = context?.assumingMemoryBound(to: CallbackState.self) else { return 0 }
    let part = UnsafeRawBufferPointer(start: bytes, count: size * count)
    let curl = state.pointee.curl
    let taken = state.pointee.buffer.append(
        part, announced: Int(ccurl_get_offset(curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T)))
    // For an empty part, 0 would mean success.
    return taken ? part.count : part.count + 1
}

/// libcurl's header callback, called for each line.
private func takeHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let state = context?.assumingMemoryBound(to: CallbackState.self) else { return 0 }
    return state.pointee.buffer.countHeader(size * count) ? size * count : size * count + 1
}

/// libcurl's callback for preparing TLS, called for a new connection before its handshake.
private func noteHandshake(
    _ curl: UnsafeMutableRawPointer?, _ tls: UnsafeMutableRawPointer?, _ context: UnsafeMutableRawPointer?
) -> CURLcode {
    context?.assumingMemoryBound(to: CallbackState.self).pointee.beganHandshake = true
    return CURLE_OK
}

/// The body of a reply while it arrives, never larger than its limit.
struct ReplyBuffer {
    /// The most bytes of headers in a reply, many times more than http.sys sends.
    static let headerLimit = 256 * 1024

    private(set) var bytes: [UInt8] = []
    private(set) var headerBytes = 0
    /// Whether something was refused because of a limit.
    private(set) var overflowed = false
    let limit: Int

    init(limit: Int) {
        self.limit = max(0, limit)
    }

    /// Appends a part of the body; `false` if that would exceed the limit.
    mutating func append(_ part: UnsafeRawBufferPointer, announced: @autoclosure () -> Int) -> Bool {
        guard part.count <= limit - bytes.count else {
            overflowed = true
            return false
        }
        if bytes.isEmpty {
            // Reserving the announced length avoids copies while the array grows; the limit caps it.
            bytes.reserveCapacity(min(max(announced(), part.count), limit))
        }
        bytes.append(contentsOf: part)
        return true
    }

    /// Counts a header line; `false` if that exceeds the limit of headers.
    mutating func countHeader(_ count: Int) -> Bool {
        headerBytes += count
        guard headerBytes <= Self.headerLimit else {
            overflowed = true
            return false
        }
        return true
    }

    /// Returns the body and empties the buffer.
    mutating func take() -> [UInt8] {
        let taken = bytes
        self = ReplyBuffer(limit: limit)
        return taken
    }
}
