/// What a client is to be answered with.
package struct NegotiatedFormat: Sendable, Hashable {
    package let format: Format
    /// How names that Prometheus 2 cannot read are to be escaped.
    package let escaping: EscapingScheme
    /// The value of the header `Content-Type`, one of about twenty.
    package let contentType: String
    /// Whether the client wants gzip.
    package let gzip: Bool
}
