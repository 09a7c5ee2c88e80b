import Foundation
import MailStoreAPI
import PlainText

/// The columns of the state database that hold JSON.
enum SavedJSON {
    static func encode(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // These types hold text and numbers only. Infinity is the one value that JSON cannot express.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }

    /// - Throws: ``LedgerTables/Damage`` if the text is not that of such a value.
    static func decode<Value: Decodable>(_ text: String, of column: String) throws -> Value {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return try decoder.decode(Value.self, from: Data(text.utf8))
        } catch {
            throw LedgerTables.Damage(reason: "its column \(column) cannot be read")
        }
    }

    // MARK: - Totals, which every item has: Foundation would take most of the time of the start.

    static func text(of totals: [String: Int]) -> String {
        object(totals) { "\($0)" }
    }

    static func text(of totals: [String: [String: Int]]) -> String {
        object(totals, text(of:))
    }

    private static func object<Value>(_ members: [String: Value], _ text: (Value) -> String) -> String {
        let members = members.sorted { $0.key < $1.key }.map { "\(JSONText($0.key)):\(text($0.value))" }
        return "{" + members.joined(separator: ",") + "}"
    }

    static func totals(_ text: String) throws -> [String: Int] {
        try read(text) { (reader) throws(JSONError) in try counts(&reader) }
    }

    static func totalsBySource(_ text: String) throws -> [String: [String: Int]] {
        try read(text) { (reader) throws(JSONError) in
            var totals: [String: [String: Int]] = [:]
            try reader.readObject { (reader, source) throws(JSONError) in totals[source.text] = try counts(&reader) }
            return totals
        }
    }

    private static func counts(_ reader: inout JSONReader) throws(JSONError) -> [String: Int] {
        var counts: [String: Int] = [:]
        try reader.readObject { (reader, result) throws(JSONError) in counts[result.text] = Int(try reader.readInt()) }
        return counts
    }

    private static func read<Value>(
        _ text: String, by body: (inout JSONReader) throws(JSONError) -> Value
    ) throws -> Value {
        do throws(JSONError) {
            return try JSONReader.read(Array(text.utf8), by: body)
        } catch {
            throw LedgerTables.Damage(reason: "its column totals cannot be read")
        }
    }
}
