import PlainText

/// An edition of MailStore: they speak the same protocol, and have different functions (`docs/api.md`, "Service Provider Edition").
package enum Edition: String, Sendable, CaseIterable {
    /// MailStore Server and its Administration API.
    case server
    /// The Service Provider Edition (SPE) and its Management API.
    case serviceProvider = "spe"

    /// The collector that shows whether the server lets the exporter in; it runs for every target of the edition.
    package var heartbeat: CollectorName {
        switch self {
        case .server: .server
        case .serviceProvider: .environment
        }
    }

    /// The collectors of the edition, in the order of ``CollectorName/allCases``.
    package var collectors: [CollectorName] { CollectorName.allCases.filter { $0.editions.contains(self) } }

    /// Parses the value of the key `edition`; `auto` is the outer `nil` of a target's edition.
    static func parse(_ text: String) throws(InvalidValue) -> Edition? {
        if text == automatic { return nil }
        if let edition = Edition(rawValue: text) { return edition }
        throw InvalidValue("must be auto, server or spe, not \(QuotedText(text))")
    }

    static let automatic = "auto"
}

extension CollectorName {
    /// The editions that the collector is for: on the Service Provider Edition, what concerns an archive is asked of each
    /// instance.
    package var editions: Set<Edition> {
        switch self {
        case .environment, .instances: [.serviceProvider]
        case .server, .license, .sessions: [.server]
        case .users, .stores, .jobs, .profiles: [.server, .serviceProvider]
        }
    }
}
