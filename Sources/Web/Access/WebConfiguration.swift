/// What the file of `--web.config.file` sets, checked; it comes from ``WebConfigurationReading``.
///
/// The default is that of a program without such a file: plain HTTP, and everybody may come in.
package struct WebConfiguration: Sendable, Equatable {
    /// `nil`: plain HTTP.
    package var tls: WebTLS?
    /// What is added to every response.
    var headers: [ResponseHeader] = []
    /// The passwords by user name; empty where none is asked for.
    var users: [String: BcryptHash] = [:]
    /// Paths, percent-decoded, that are answered without a password.
    var excludedPaths: Set<String> = []
    /// `nil`: any number of requests.
    var rateLimit: RateLimit?
    /// What works but is unwise, one text each, without secrets.
    var warnings: [String] = []
}

/// A header of a response.
package struct ResponseHeader: Sendable, Equatable {
    var name: String
    var value: String
}

/// How many requests are answered: `burst` at once, then one in each `interval`.
struct RateLimit: Sendable, Equatable {
    /// Above 0.
    var interval: Duration
    /// At least 1.
    var burst: Int
}
