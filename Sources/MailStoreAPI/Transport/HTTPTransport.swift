/// Whatever carries one request to a MailStore server and brings its reply back.
///
/// The one seam between the API client and the network: production code has libcurl behind it, tests a table of replies.
package protocol HTTPTransport: Sendable {
    /// Sends a POST request and waits for the whole reply.
    ///
    /// Returns for every HTTP status; throws only where no complete reply was had. Cancelling the task ends the
    /// transfer and throws ``TransportError/Kind/cancelled``.
    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse
}
