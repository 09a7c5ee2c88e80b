/// Whoever wants to know of every call that was made: statistics, a log of calls.
package protocol CallObserver: Sendable {
    /// Called once for each request that was sent, when its fate is known.
    func callEnded(_ call: CallRecord)

    /// Called where the requests of a call went well and the call failed all the same: its result does not fit, or the
    /// process behind it did not succeed.
    func callFailed(_ error: APIError)
}

/// One request and its fate.
package struct CallRecord: Sendable {
    /// `GetStores`, `get-status`.
    package var function: String
    package var duration: Duration
    /// The HTTP status; `nil` where no complete reply was had.
    package var status: Int?
    /// The size of the reply in bytes.
    package var replySize: Int
    package var error: APIError?
    /// The certificate that the server showed, where one was seen.
    package var certificate: CertificateFacts?
    /// The server's clock against this machine's in seconds, positive where the server is ahead; good to half a second.
    package var clockSkew: Double?
}
