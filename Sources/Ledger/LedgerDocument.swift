package import Foundation
import MailStoreAPI

/// A ledger as a JSON document: what `state export` writes, and what versions before the database kept in a file.
///
/// A checksum at the beginning shows damage that is still valid JSON; documents of old versions have none.
package struct LedgerDocument: Codable, Sendable {
    /// The version of the format that this program writes and reads.
    static let version = 1
    /// What stands before the checksum of a document, and what begins one without a checksum.
    private static let beginnings = (checked: #"{"checksum":""#, unchecked: [#"{"ledger":"#, #"{"version":"#])

    private var version = Self.version
    /// Absent from the files of old versions, whose names had it.
    package var target: String?
    /// The instance of a Service Provider Edition; absent for a server.
    package var instance: String?
    package var ledger: TargetLedger

    package init(_ ledger: TargetLedger, of key: StateKey? = nil) {
        self.ledger = ledger
        target = key?.target
        instance = key.flatMap { $0.instance.isEmpty ? nil : $0.instance }
    }

    private struct Version: Decodable {
        var version: Int
    }

    /// Why a document cannot be used.
    package enum Unusable: Error, CustomStringConvertible {
        case newer(Int)
        case damaged(String)

        package var description: String {
            switch self {
            case .newer(let version):
                "it was written by a newer version of the exporter (format \(version); this one knows "
                    + "\(LedgerDocument.version))"
            case .damaged(let reason): "it is damaged (\(reason))"
            }
        }
    }

    /// Reads a document.
    package static func read(_ bytes: Data) throws(Unusable) -> LedgerDocument {
        let document: LedgerDocument
        do {
            let version = try JSONDecoder().decode(Version.self, from: bytes).version
            guard version <= Self.version else { throw Unusable.newer(version) }
            document = try JSONDecoder().decode(LedgerDocument.self, from: bytes)
        } catch let error as Unusable {
            throw error
        } catch {
            throw .damaged(Self.description(of: error))
        }
        guard isIntact(bytes) else { throw .damaged("its checksum does not match its content") }
        guard document.ledger.isPlausible else { throw .damaged("a number in it is impossible") }
        return document
    }

    /// Whether the checksum, if there is one, is that of everything after it.
    private static func isIntact(_ bytes: Data) -> Bool {
        guard bytes.starts(with: beginnings.checked.utf8) else {
            return beginnings.unchecked.contains { bytes.starts(with: $0.utf8) }
        }
        let rest = bytes.dropFirst(beginnings.checked.utf8.count)
        return rest.prefix(16).elementsEqual(checksum(of: rest.dropFirst(16)).utf8)
    }

    private static func checksum(of bytes: Data) -> String {
        bytes.withUnsafeBytes { Fingerprint($0).text }
    }

    /// The bytes of the document, on one line.
    package func bytes() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let document = try encoder.encode(self)
        // After the checksum and its closing quote, the document continues behind its brace.
        let rest = Data(#"","#.utf8) + document.dropFirst()
        return Data((Self.beginnings.checked + Self.checksum(of: rest)).utf8) + rest
    }

    private static func description(of error: any Error) -> String {
        guard let error = error as? DecodingError else { return "not readable as JSON" }
        switch error {
        case .dataCorrupted: return "not readable as JSON"
        case .keyNotFound(let key, _): return "\(key.stringValue) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return context.codingPath.map(\.stringValue).joined(separator: ".") + " has the wrong type"
        @unknown default: return "not readable as JSON"
        }
    }
}
