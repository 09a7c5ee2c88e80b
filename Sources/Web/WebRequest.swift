import MicroHTTPServer

/// What the pages need of a request: it outlives the handler, where an answer takes longer.
package struct WebRequest: Sendable {
    var method: String
    /// Percent-decoded, without the query.
    var path: String
    /// The query's parameter `target`.
    var target: String?
    var accept: String?
    var acceptEncoding: String?

    init(_ request: borrowing Request) {
        method = request.method
        path = request.path
        target = request.query("target")
        accept = request.header("Accept")
        acceptEncoding = request.header("Accept-Encoding")
    }

    /// Whether it only asks for something to be shown.
    var isReading: Bool { method == "GET" || method == "HEAD" }
}
