/// An HTTP request as the protocol's logic needs it, without a connection.
struct SimulatedRequest: Sendable {
    var method = "POST"
    var path: String
    var query: [String: String] = [:]
    var authorization: String?
    /// The header as it came; nil where there was none.
    var contentLength: String?
    var contentType: String?
    var body: [UInt8] = []
}
