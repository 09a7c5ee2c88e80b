/// Something that is due to happen in the world.
struct WorldEvent: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        /// Mail arrives, sessions come and go.
        case tick
        /// The server refreshes the statistics of its stores.
        case statistics
        case profileStart(id: Int)
        case profileEnd(id: Int, result: String)
        case jobStart(id: Int)
        case jobEnd(id: Int, result: String)
    }

    /// Seconds since 1970 (UTC).
    var time: Int
    /// Breaks ties: what was planned first happens first.
    var order: Int
    var kind: Kind
}
