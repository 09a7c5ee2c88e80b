import MailStoreAPI

/// One finished run of a job or a profile, as the ledger keeps it.
struct Run: Sendable, Hashable, Codable {
    /// Identifies the run among those of its job or profile, whatever its times are.
    var id: String
    var start: Timestamp?
    var completion: Timestamp?
    /// The result in the vocabulary of its book.
    var result: String
    var itemsArchived: Int64?
    /// The stores that the run verified: `*` for all, or a store's id; `nil` where it was no verification.
    var verifies: String?
    /// Whether the times are off by an unknown time zone: then they put runs in order, and are shown to nobody.
    var isApproximate: Bool?

    /// The instant that puts runs in order.
    var instant: Timestamp? { completion ?? start }

    /// The start, where it is known.
    var knownStart: Timestamp? { isApproximate == true ? nil : start }
    /// The completion, where it is known.
    var knownCompletion: Timestamp? { isApproximate == true ? nil : completion }

    /// How long the run took, in seconds: right in any zone, since both times speak of the same one.
    var duration: Double? {
        guard let start, let completion, completion >= start else { return nil }
        return completion.since(start).inSeconds
    }

    /// A total order that does not depend on the order of arrival.
    static func isBefore(_ left: Run, _ right: Run) -> Bool {
        let leftKey = (left.instant?.secondsSince1970 ?? -.infinity, left.start?.secondsSince1970 ?? -.infinity)
        let rightKey = (right.instant?.secondsSince1970 ?? -.infinity, right.start?.secondsSince1970 ?? -.infinity)
        if leftKey != rightKey { return leftKey < rightKey }
        // Ids are mostly growing numbers: of two runs within a second, the one with more digits is the later.
        return (left.id.count, left.id) < (right.id.count, right.id)
    }
}
