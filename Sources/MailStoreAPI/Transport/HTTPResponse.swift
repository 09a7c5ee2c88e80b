/// A complete reply, of any HTTP status.
package struct HTTPResponse: Sendable {
    /// The HTTP status, 100 to 599.
    package var status: Int
    /// The body as it came, byte order mark included.
    package var body: [UInt8]
    /// The `Date` header as it came, for the measurement of clock skew.
    package var date: String?
    /// The `Content-Type` header as it came.
    package var contentType: String?
    /// The certificate that the server showed on the connection that carried the exchange; `nil` without TLS.
    package var certificate: CertificateFacts?
    /// All headers as they came, in their order, where the request wanted them.
    package var headers: [(name: String, value: String)] = []

    package init(
        status: Int, body: [UInt8], date: String? = nil, contentType: String? = nil,
        certificate: CertificateFacts? = nil
    ) {
        self.status = status
        self.body = body
        self.date = date
        self.contentType = contentType
        self.certificate = certificate
    }
}
