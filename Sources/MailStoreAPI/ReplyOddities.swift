/// The parts of a reply that could not be used, although the reply is well formed.
package struct ReplyOddities: Sendable, Equatable {
    /// Rows that were left out.
    package private(set) var skippedRows = 0
    /// Rows that were left out because the list has more rows than are read.
    package private(set) var cutRows = 0
    /// Fields that count as absent.
    package private(set) var unusableFields = 0
    /// The first of the rows, with its place.
    private(set) var firstRow: JSONError?
    /// Where the list was cut.
    private(set) var firstCut: JSONError?
    /// The first of the fields, with its place.
    var firstField: JSONError?

    init() {}

    package var isEmpty: Bool { skippedRows == 0 && cutRows == 0 && unusableFields == 0 }

    mutating func addRow(_ error: JSONError) {
        skippedRows += 1
        if firstRow == nil { firstRow = error }
    }

    mutating func addCutRow(_ error: @autoclosure () -> JSONError) {
        cutRows += 1
        if firstCut == nil { firstCut = error() }
    }

    /// Counts an unusable field; returns whether it is the first, whose place is kept.
    mutating func addField() -> Bool {
        unusableFields += 1
        return firstField == nil
    }

    /// The same for a part of a document that begins at the offset `count` under the key `key`.
    func inside(_ key: String, at count: Int) -> ReplyOddities {
        var oddities = self
        oddities.firstRow = firstRow?.inside(.key(key)).moved(by: count)
        oddities.firstCut = firstCut?.inside(.key(key)).moved(by: count)
        oddities.firstField = firstField?.inside(.key(key)).moved(by: count)
        return oddities
    }

    /// Both, where this one came first.
    package func joined(with other: ReplyOddities) -> ReplyOddities {
        var joined = self
        joined.skippedRows += other.skippedRows
        joined.cutRows += other.cutRows
        joined.unusableFields += other.unusableFields
        joined.firstRow = firstRow ?? other.firstRow
        joined.firstCut = firstCut ?? other.firstCut
        joined.firstField = firstField ?? other.firstField
        return joined
    }
}

extension ReplyOddities {
    /// One thing to report.
    package struct Finding: Sendable, Equatable {
        /// What happened, for people, without its place: `rows of a reply cannot be used and were left out`.
        package let message: String
        /// How many rows or fields.
        package let count: Int
        /// The place of the first and why it cannot be used: `result[3].id: expected a number or a string, found null`.
        package let first: String
        /// Whether it is about rows beyond the limit.
        package let isCut: Bool
        /// Equal for the same flaw in other places.
        package let kind: String

        fileprivate init?(_ message: String, _ count: Int, _ first: JSONError?) {
            guard let first else { return nil }
            self.message = message
            self.count = count
            self.first = "\(first)"
            isCut = first.meansTooManyRows
            kind = first.kind
        }
    }

    /// Rows first, then fields; empty if everything was used.
    package var findings: [Finding] {
        [
            Finding("rows of a reply cannot be used and were left out", skippedRows, firstRow),
            Finding("rows of a reply are beyond limits.rows_per_reply and were left out", cutRows, firstCut),
            Finding("fields of a reply cannot be used and count as unknown", unusableFields, firstField),
        ].compactMap(\.self)
    }
}
