package import OperatingSystem
import PlainText

/// One finished run of a job or a profile, as the ledger keeps it.
package struct Run: Sendable, Hashable, Codable {
    /// Identifies the run among those of its job or profile, whatever its times are.
    package var id: String
    package var start: Timestamp?
    package var completion: Timestamp?
    /// The result in the vocabulary of its book.
    package var result: String
    package var itemsArchived: Int64?
    /// The stores that the run verified: `*` for all, or a store's id; `nil` where it was no verification.
    package var verifies: String?
    /// Whether the times are off by an unknown time zone: then they put runs in order, and are shown to nobody.
    package var isApproximate: Bool?

    package init(
        id: String, start: Timestamp? = nil, completion: Timestamp? = nil, result: String, itemsArchived: Int64? = nil,
        verifies: String? = nil, isApproximate: Bool? = nil
    ) {
        self.id = id
        self.start = start
        self.completion = completion
        self.result = result
        self.itemsArchived = itemsArchived
        self.verifies = verifies
        self.isApproximate = isApproximate
    }

    /// The instant that puts runs in order.
    package var instant: Timestamp? { completion ?? start }

    /// The start, where it is known.
    package var knownStart: Timestamp? { isApproximate == true ? nil : start }
    /// The completion, where it is known.
    package var knownCompletion: Timestamp? { isApproximate == true ? nil : completion }

    /// How long the run took, in seconds: right in any zone, since both times speak of the same one.
    package var duration: Double? {
        guard let start, let completion, completion >= start else { return nil }
        return completion.since(start).inSeconds
    }

    /// A total order that does not depend on the order of arrival.
    package static func isBefore(_ left: Run, _ right: Run) -> Bool {
        let leftKey = (left.instant?.secondsSince1970 ?? -.infinity, left.start?.secondsSince1970 ?? -.infinity)
        let rightKey = (right.instant?.secondsSince1970 ?? -.infinity, right.start?.secondsSince1970 ?? -.infinity)
        if leftKey != rightKey { return leftKey < rightKey }
        // Ids are mostly growing numbers: of two runs within a second, the one with more digits is the later.
        return (left.id.count, left.id) < (right.id.count, right.id)
    }
}
