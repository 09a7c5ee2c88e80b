package import Configuration

/// How many connections of clients fit into the limit on descriptors, with room left for collecting.
package struct ConnectionBudget: Sendable, Equatable {
    /// For all listen addresses together.
    package let total: Int
    package let perAddress: Int
    /// The limit on descriptors, if it was too low for the configured number.
    package let limit: Int?

    /// Descriptors for listening, the event loops, state files, logs and the configuration.
    private static let own = 96
    /// Descriptors for a target besides its calls: name resolution and files.
    private static let perTarget = 2

    /// - Parameters:
    ///   - descriptors: The limit on open descriptors.
    ///   - calls: The most calls at a time for each target.
    package init(_ web: WebSettings, descriptors: Int, targets: Int, calls: Int) {
        let collecting = Self.own + targets * (calls + Self.perTarget)
        // A limit that is too low even for collecting is shared.
        let room = max(descriptors - collecting, descriptors / 4, 1)
        total = min(web.maximumConnections, room)
        perAddress = min(web.maximumConnectionsPerAddress, total)
        limit = room < web.maximumConnections ? descriptors : nil
    }

    package init(_ web: WebSettings, for configuration: Configuration, descriptors: Int) {
        self.init(
            web, descriptors: descriptors, targets: configuration.targets.count,
            calls: configuration.collection.maximumConcurrentCalls)
    }
}
