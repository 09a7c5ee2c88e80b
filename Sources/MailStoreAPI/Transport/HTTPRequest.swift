/// One POST request to a MailStore server.
///
/// The transport adds `Content-Length` always (0 for an empty body), since http.sys answers 411 without one
/// (`mailstore-api.md`, section 1).
package struct HTTPRequest: Sendable {
    /// The path below the server's base URL, beginning with a slash: `/api/invoke/GetServerInfo`.
    package var path: String
    /// The body; sent as `application/x-www-form-urlencoded` where it is not empty.
    package var body: [UInt8]
    /// The login, sent at once as HTTP Basic; `nil` sends none.
    package var credentials: Credentials?
    /// The longest the whole exchange may take, connecting included.
    package var timeout: Duration
    /// Whether the transport may send the request again by itself where a kept connection turns out to be dead.
    ///
    /// `false` for what must happen once at most, such as the start of a verification.
    package var isRepeatable = true
    /// Whether the reply may be several times larger than the transport's limit.
    ///
    /// For what cannot be asked for in smaller pieces: the log of a process that went on while nobody listened.
    package var allowsLargeReply = false
    /// Whether the reply's headers are wanted, all of them.
    package var wantsHeaders = false

    package init(path: String, body: [UInt8] = [], credentials: Credentials?, timeout: Duration) {
        self.path = path
        self.body = body
        self.credentials = credentials
        self.timeout = timeout
    }
}
