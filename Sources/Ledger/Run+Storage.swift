import OperatingSystem

/// How a run is kept in memory: a third of the space that optional values and words would take.
extension Run {
    /// The results that nearly all runs have, in a byte.
    enum KnownResult: String, Sendable {
        case succeeded, completedWithWarnings, completedWithErrors, failed, cancelled, disconnected, threadAbort, lost
    }

    /// The three facts about the times of a run that are either true or unknown.
    struct Marks: OptionSet, Sendable, Hashable {
        var rawValue: UInt8

        static let approximate = Marks(rawValue: 1)
        static let local = Marks(rawValue: 2)
        static let doubted = Marks(rawValue: 4)

        subscript(mark: Marks) -> Bool? {
            get { contains(mark) ? true : nil }
            set { if newValue == true { insert(mark) } else { remove(mark) } }
        }
    }

    /// A time, or none, in eight bytes; what is not a number is none, as in the database.
    struct OptionalTime: Sendable, Hashable {
        private var bits: UInt64

        private static let none = Double.nan.bitPattern

        init(_ time: Timestamp?) {
            bits = time.flatMap { $0.secondsSince1970.isNaN ? nil : $0.secondsSince1970.bitPattern } ?? Self.none
            // The two zeros are equal.
            if bits == (-0.0).bitPattern { bits = 0 }
        }

        var value: Timestamp? {
            bits == Self.none ? nil : Timestamp(secondsSince1970: Double(bitPattern: bits))
        }
    }

    /// A number, or none, in eight bytes; the lowest number is none.
    struct OptionalCount: Sendable, Hashable {
        private var number: Int64

        init(_ number: Int64?) { self.number = number ?? .min }

        var value: Int64? { number == .min ? nil : number }
    }

    /// What few runs have.
    final class Rare: Sendable, Hashable {
        let content: RareContent

        init(_ content: RareContent) { self.content = content }

        var result: String? { content.result }
        var verifies: String? { content.verifies }
        var recordedStart: Timestamp? { content.recordedStart }
        var place: Timestamp? { content.place }

        static func == (left: Rare, right: Rare) -> Bool { left === right || left.content == right.content }
        func hash(into hasher: inout Hasher) { hasher.combine(content) }
    }

    struct RareContent: Sendable, Hashable {
        /// A result that is not one of ``KnownResult``.
        var result: String?
        var verifies: String?
        var recordedStart: Timestamp?
        var place: Timestamp?
    }
}

/// The form in documents, which leaves out what a run does not have.
extension Run: Codable {
    private enum CodingKeys: String, CodingKey {
        case id, start, completion, result, itemsArchived, verifies, isApproximate, isLocal, isDoubted, recordedStart
        case place
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            id: try fields.decode(String.self, forKey: .id),
            start: try fields.decodeIfPresent(Timestamp.self, forKey: .start),
            completion: try fields.decodeIfPresent(Timestamp.self, forKey: .completion),
            result: try fields.decode(String.self, forKey: .result),
            itemsArchived: try fields.decodeIfPresent(Int64.self, forKey: .itemsArchived),
            verifies: try fields.decodeIfPresent(String.self, forKey: .verifies),
            isApproximate: try fields.decodeIfPresent(Bool.self, forKey: .isApproximate),
            isLocal: try fields.decodeIfPresent(Bool.self, forKey: .isLocal))
        isDoubted = try fields.decodeIfPresent(Bool.self, forKey: .isDoubted)
        recordedStart = try fields.decodeIfPresent(Timestamp.self, forKey: .recordedStart)
        place = try fields.decodeIfPresent(Timestamp.self, forKey: .place)
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(id, forKey: .id)
        try fields.encodeIfPresent(start, forKey: .start)
        try fields.encodeIfPresent(completion, forKey: .completion)
        try fields.encode(result, forKey: .result)
        try fields.encodeIfPresent(itemsArchived, forKey: .itemsArchived)
        try fields.encodeIfPresent(verifies, forKey: .verifies)
        try fields.encodeIfPresent(isApproximate, forKey: .isApproximate)
        try fields.encodeIfPresent(isLocal, forKey: .isLocal)
        try fields.encodeIfPresent(isDoubted, forKey: .isDoubted)
        try fields.encodeIfPresent(recordedStart, forKey: .recordedStart)
        try fields.encodeIfPresent(place, forKey: .place)
    }
}
