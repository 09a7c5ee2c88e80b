/// Something that a hostile or broken client does to the endpoint.
///
/// It says by expectations what the endpoint owes such a client, cleans up behind itself, and lets the scraper get a
/// few pages while it is at its worst.
protocol Attack: Sendable {
    func run(on field: Battlefield) async throws
}

extension Attack {
    var name: String { "\(Self.self)" }
}
