package import MailStoreAPI

/// Which functions a server offers.
package enum Capabilities: Sendable {
    /// get-metadata has not answered: everything is tried.
    case unknown
    case offered(Set<String>)

    package init(_ metadata: [FunctionMetadata]) {
        self = .offered(Set(metadata.map(\.name)))
    }

    /// Whether all of the functions are there; `nil` where nobody knows.
    package func offers(_ functions: [InformationalFunction]) -> Bool? {
        switch self {
        case .unknown: nil
        case .offered(let names): functions.allSatisfy { names.contains($0.rawValue) }
        }
    }
}
