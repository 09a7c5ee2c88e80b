/// Looks at names and addresses, below the transport: two functions, so that tests need no network.
package struct NetworkProbe: Sendable {
    /// The addresses of a host, within a time.
    var resolve: @Sendable (_ host: String, _ limit: Duration) async -> Result<[NetworkAddress], NetworkFailure>
    /// Connects to an address and closes the connection again; tells how long that took.
    var connect:
        @Sendable (_ address: NetworkAddress, _ port: Int, _ limit: Duration) async -> Result<Duration, NetworkFailure>
}

/// A numeric IP address, as it is written: `192.0.2.7`, `2001:db8::7`.
package struct NetworkAddress: Sendable, Hashable, CustomStringConvertible {
    package let description: String

    init(_ text: String) {
        description = text
    }
}

/// Why a name has no address, or an address no connection.
struct NetworkFailure: Error, Sendable, Equatable, CustomStringConvertible {
    enum Kind: Sendable, Equatable {
        /// There is nobody at that name or port.
        case refused
        case timedOut
        case other
    }

    let kind: Kind
    /// The system's own words.
    let description: String
}
