package import PlainText

/// A collector, by the name that the configuration and the label `collector` use.
package enum CollectorName: String, Sendable, Hashable, CaseIterable {
    case server
    case license
    case users
    case sessions
    case stores
    case jobs
    case profiles

    /// How often it collects where the configuration says nothing: what changes slowly or costs the server more is
    /// asked for less often.
    package var defaultInterval: PrometheusDuration {
        switch self {
        case .server, .sessions, .jobs, .profiles: .minutes(1)
        case .stores: .minutes(5)
        case .users: .minutes(15)
        case .license: .hours(1)
        }
    }

    package static func parse(_ text: String) throws(InvalidValue) -> CollectorName {
        if let name = CollectorName(rawValue: text) { return name }
        let names = allCases.map(\.rawValue)
        let near = NearestName.find(text, among: names)
        let remedy = near.map { "did you mean \"\($0)\"?" } ?? "there are \(names.joined(separator: ", "))"
        throw InvalidValue("\(QuotedText(text)) is not a collector; \(remedy)")
    }
}
