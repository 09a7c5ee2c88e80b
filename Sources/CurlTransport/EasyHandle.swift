internal import CCurl

/// The owner of one libcurl easy handle, of the buffers it writes to and of the lists it reads.
///
/// It belongs to the engine's thread: made, used and freed there, which is why it is not `Sendable`.
final class EasyHandle {
    /// Where libcurl points to: the handle itself.
    let curl: UnsafeMutableRawPointer
    /// Where the callbacks put what arrives; memory of its own, so that a callback has nothing to count references of.
    private let intake: UnsafeMutablePointer<Intake>
    /// The first code with which libcurl refused an option; a handle with one must not be used.
    private(set) var refusal: CURLcode?
    let lists: HeaderLists
    private let errorText: UnsafeMutablePointer<CChar>

    /// Makes a handle without any option but those for its buffers; `nil` where there is no memory.
    init?(replyLimit: Int) {
        guard let curl = curl_easy_init() else { return nil }
        guard let lists = HeaderLists() else {
            curl_easy_cleanup(curl)
            return nil
        }
        self.curl = curl
        self.lists = lists
        intake = .allocate(capacity: 1)
        intake.initialize(to: Intake(buffer: ReplyBuffer(limit: replyLimit), curl: curl))
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))

        // libcurl keeps these pointers until `deinit` cleans the handle up, and frees the memory after it.
        check(ccurl_set_pointer(curl, CURLOPT_ERRORBUFFER, errorText))
        check(ccurl_set_pointer(curl, CURLOPT_WRITEDATA, intake))
        check(ccurl_set_callback(curl, CURLOPT_WRITEFUNCTION, takeBody))
        check(ccurl_set_pointer(curl, CURLOPT_HEADERDATA, intake))
        check(ccurl_set_callback(curl, CURLOPT_HEADERFUNCTION, takeHeader))
        // Tells a slow TCP connection from a slow handshake, which the times of a transfer do not. Without it, in
        // libcurls on other TLS libraries, only an explanation is less exact: no reason to refuse the handle.
        _ = ccurl_set_pointer(curl, CURLOPT_SSL_CTX_DATA, intake)
        _ = ccurl_set_tls_callback(curl, noteHandshake)
    }

    deinit {
        curl_easy_cleanup(curl)
        errorText.deallocate()
        intake.deinitialize(count: 1)
        intake.deallocate()
    }

    /// What has come of the reply.
    var buffer: ReplyBuffer { intake.pointee.buffer }

    /// Hands the body over and is empty again.
    func takeReply() -> [UInt8] { intake.pointee.buffer.take() }

    /// Whether the last transfer came as far as a TLS handshake of its own.
    var beganHandshake: Bool { intake.pointee.beganHandshake }

    /// Remembers a refused option.
    func check(_ code: CURLcode) {
        if code != CURLE_OK && refusal == nil { refusal = code }
    }

    func set(_ option: CURLoption, _ value: Int) { check(ccurl_set_long(curl, option, value)) }

    func set(_ option: CURLoption, _ value: String?) { check(ccurl_set_string(curl, option, value)) }

    /// libcurl's own words about the last failure; empty where it had none.
    var errorDetail: String { String(cString: errorText) }

    /// Empties what the last transfer left.
    ///
    /// - Parameter replyLimit: The largest body of the next reply, in bytes.
    func clearResults(replyLimit: Int) {
        errorText[0] = 0
        intake.pointee.beganHandshake = false
        intake.pointee.buffer = ReplyBuffer(limit: replyLimit)
    }

    /// All headers of the last reply, in their order.
    var headers: [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        var previous: UnsafeMutablePointer<curl_header>?
        while let next = curl_easy_nextheader(curl, UInt32(CURLH_HEADER), -1, previous) {
            headers.append((String(cString: next.pointee.name), String(cString: next.pointee.value)))
            previous = next
        }
        return headers
    }

    /// A header of the last reply.
    func header(_ name: String) -> String? {
        ccurl_get_header(curl, name).map { String(cString: $0) }
    }

    /// The server's certificate of the last handshake, as PEM; `nil` where a connection was used again.
    var leafCertificate: String? {
        guard let chain = ccurl_get_certificates(curl), chain.pointee.num_of_certs > 0 else { return nil }
        let prefix = "Cert:"
        var field = chain.pointee.certinfo?[0]
        while let entry = field {
            if let data = entry.pointee.data {
                let text = String(cString: data)
                if text.hasPrefix(prefix) { return String(text.dropFirst(prefix.count)) }
            }
            field = entry.pointee.next
        }
        return nil
    }
}
