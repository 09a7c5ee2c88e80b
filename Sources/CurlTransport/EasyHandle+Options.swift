internal import CCurl
internal import MailStoreAPI

extension EasyHandle {
    /// A handle for the requests to a destination; `nil` where there is no memory.
    static func forRequests(to destination: Destination, sessions: UnsafeMutableRawPointer?) -> EasyHandle? {
        let options = destination.options
        guard let handle = EasyHandle(replyLimit: options.maximumReplySize) else { return nil }
        handle.setCommonOptions()
        handle.setTrust(destination.trust)
        handle.set(CURLOPT_USERAGENT, options.userAgent)
        handle.set(CURLOPT_POST, 1)
        handle.check(ccurl_set_basic_authentication(handle.curl))
        if let sessions { handle.check(ccurl_set_pointer(handle.curl, CURLOPT_SHARE, sessions)) }
        return handle
    }

    /// A handle that shakes hands with whoever is there, to see its certificate, and sends nothing.
    static func forCertificate(of destination: Destination) -> EasyHandle? {
        guard let handle = EasyHandle(replyLimit: 0) else { return nil }
        handle.setCommonOptions()
        handle.setTrust(.nothing)
        handle.set(CURLOPT_CONNECT_ONLY, 1)
        handle.set(CURLOPT_FRESH_CONNECT, 1)
        handle.set(CURLOPT_FORBID_REUSE, 1)
        handle.set(CURLOPT_URL, destination.url(path: "/"))
        return handle
    }

    /// Sets what changes from request to request.
    func prepare(
        _ request: HTTPRequest, to destination: Destination, remaining: Duration, freshConnection: Bool
    ) {
        let limit = destination.options.maximumReplySize
        clearResults(replyLimit: request.allowsLargeReply ? min(limit, .max / 4) * 4 : limit)
        check(ccurl_set_offset(curl, CURLOPT_MAXFILESIZE_LARGE, Int(max(1, buffer.limit))))
        set(CURLOPT_FRESH_CONNECT, freshConnection ? 1 : 0)
        set(CURLOPT_URL, destination.url(path: request.path))
        request.body.withUnsafeBytes { check(ccurl_set_post_body(curl, $0.baseAddress, $0.count)) }
        check(ccurl_set_list(curl, CURLOPT_HTTPHEADER, request.body.isEmpty ? lists.withoutBody : lists.withBody))
        set(CURLOPT_USERNAME, request.credentials?.username)
        set(CURLOPT_PASSWORD, request.credentials?.password.exposed)
        setTimeouts(total: remaining, connect: destination.options.connectTimeout)
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
        // A cancelled transfer must not hold the thread of all others until the resolver gives up.
        set(CURLOPT_QUICK_EXIT, 1)
    }

    private func setTrust(_ trust: Trust) {
        set(CURLOPT_SSL_VERIFYPEER, trust.checksChain ? 1 : 0)
        set(CURLOPT_SSL_VERIFYHOST, trust.checksChain ? 2 : 0)
        set(CURLOPT_PINNEDPUBLICKEY, trust.pin)
        if let file = trust.caFile {
            set(CURLOPT_CAINFO, file)
            // Without this the system's directory of authorities would stay trusted beside the file.
            set(CURLOPT_CAPATH, nil as String?)
            // A file that was replaced counts from the next connection on.
            set(CURLOPT_CA_CACHE_TIMEOUT, 0)
        } else {
            set(CURLOPT_CA_CACHE_TIMEOUT, 3600)
        }
    }
}

extension Duration {
    /// Whole milliseconds for libcurl, rounded up, at least 1: it takes 0 for "for ever" and no more than an `int`.
    var curlMilliseconds: Int {
        let (seconds, attoseconds) = components
        guard seconds < 2_000_000 else { return 2_000_000_000 }
        guard seconds >= 0, attoseconds >= 0 else { return 1 }
        let attosecondsInMillisecond: Int64 = 1_000_000_000_000_000
        let milliseconds = (attoseconds + attosecondsInMillisecond - 1) / attosecondsInMillisecond
        return max(1, Int(seconds * 1000 + milliseconds))
    }
}
