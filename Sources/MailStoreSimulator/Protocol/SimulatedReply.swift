/// An HTTP reply, and how it goes over the wire.
struct SimulatedReply: Sendable, Equatable {
    /// How the body is sent.
    enum Delivery: Sendable, Equatable {
        case whole
        /// The length is told in full, but the connection is cut halfway.
        case truncated
        /// The body is followed by filling until it has so many bytes; nil = without end.
        case padded(to: Int?)
        /// Nothing is sent at all; the connection is closed.
        case disconnect
    }

    var status = 200
    var headers: [Header] = []
    var body: [UInt8] = []
    var delivery = Delivery.whole

    /// One header line.
    struct Header: Sendable, Equatable {
        var name: String
        var value: String
    }

    /// The value of the first header of that name, spelt exactly.
    func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}
