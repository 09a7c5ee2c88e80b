/// Whoever wants to know of every call that was made: statistics, a log of calls.
public protocol CallObserver: Sendable {
    /// Called once for each request that was sent, when its fate is known.
    func callEnded(_ call: CallRecord)

    /// Called where the requests of a call went well and the call failed all the same: its result does not fit, or the
    /// process behind it did not succeed.
    func callFailed(_ error: APIError)
}

/// One request and its fate.
public struct CallRecord: Sendable {
    /// `GetStores`, `get-status`.
    public var function: String
    public var duration: Duration
    /// The HTTP status; `nil` where no complete reply was had.
    public var status: Int?
    /// The size of the reply in bytes.
    public var replySize: Int
    public var error: APIError?
    /// The certificate that the server showed, where one was seen.
    public var certificate: CertificateFacts?
    /// The server's clock against this machine's in seconds, positive where the server is ahead; good to half a second.
    public var clockSkew: Double?
}
