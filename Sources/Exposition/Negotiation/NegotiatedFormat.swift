/// What a client is to be answered with.
public struct NegotiatedFormat: Sendable, Hashable {
    public let format: Format
    /// How names that Prometheus 2 cannot read are to be escaped.
    public let escaping: EscapingScheme
    /// The value of the header `Content-Type`, one of about twenty.
    public let contentType: String
    /// Whether the client wants gzip.
    public let gzip: Bool
}
