import Glibc

/// What the log of a verification says, read as it arrives; the text itself is kept elsewhere.
///
/// Known lines are `Verifying file group #11...`, `Creating a list of messages to be verified...` and
/// `  400 messages verified...`; the log is probably localised, and nobody has published how damage looks in it
/// (`docs/api.md`, "What nobody knows"). So this counts, and a person judges.
package struct VerificationLog: Sendable, Hashable, Codable {
    /// How much of a line is read, in bytes; the rest of a longer one is skipped.
    static let longestLine = 16 * 1024

    private(set) var lineCount = 0
    /// The number of messages in the newest line of progress; `nil` before the first.
    package private(set) var messagesVerified: Int64?
    /// Lines that look like damage.
    package private(set) var errorLines = 0
    /// The newest whole line that is not empty.
    package private(set) var lastLine: String?
    /// The beginning of a line whose end has not come yet.
    private var partial: [UInt8] = []

    package init() {}

    /// Reads on; a chunk may end in the middle of a line.
    package mutating func append(_ chunk: String) {
        var chunk = chunk
        chunk.withUTF8 { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let end = Self.lineEnd(in: rest)
                let piece = rest[..<(end ?? rest.endIndex)]
                partial.append(contentsOf: piece.prefix(max(0, Self.longestLine - partial.count)))
                guard let end else { return }
                endLine()
                rest = rest[(end + 1)...]
            }
        }
    }

    /// The position of the next line break, found by the C library: logs may have hundreds of megabytes.
    private static func lineEnd(in bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        let buffer = UnsafeBufferPointer(rebasing: bytes)
        guard let base = buffer.baseAddress, let found = memchr(base, Int32(UInt8(ascii: "\n")), buffer.count) else {
            return nil
        }
        return bytes.startIndex + (UnsafeRawPointer(found) - UnsafeRawPointer(base))
    }

    /// Reads the last line, where no line break followed it.
    package mutating func finish() {
        if !partial.isEmpty { endLine() }
    }

    private mutating func endLine() {
        // A zero byte would end the search for damage.
        if memchr(partial, 0, partial.count) != nil { partial.replace([0], with: [UInt8(ascii: " ")]) }
        let line = String(decoding: partial, as: UTF8.self).trimmedLine
        partial.removeAll(keepingCapacity: true)
        lineCount += 1
        guard !line.isEmpty else { return }
        lastLine = line
        if let count = Self.messages(in: line) { messagesVerified = count }
        if Self.looksLikeDamage(line) { errorLines += 1 }
    }

    /// The number at the head of a line of progress: `400 messages verified...`, in any language.
    static func messages(in line: String) -> Int64? {
        guard line.hasSuffix("...") || line.hasSuffix("…") else { return nil }
        let head = line.prefix { $0.isASCII && ($0.isNumber || $0 == "," || $0 == "." || $0 == "'") }
        guard line[head.endIndex...].hasPrefix(" ") else { return nil }
        return Int64(head.filter(\.isNumber))
    }

    /// Whether a line may report damage: it has words that are not known from logs of undamaged stores.
    static func looksLikeDamage(_ line: String) -> Bool {
        let line = line.lowercased()
        guard holdsDamage(line) else { return false }
        // What is left of `0 errors, 3 messages missing` is damage.
        return holdsDamage(harmless.reduce(" " + line) { $0.replacing(" " + $1, with: " ") })
    }

    /// Nearly all lines of a log get no further than this, so it searches as fast as the C library can.
    private static func holdsDamage(_ line: String) -> Bool {
        line.withCString { line in damage.contains { strstr(line, $0) != nil } }
    }

    private static let damage: [[CChar]] = [
        "error", "corrupt", "damaged", "mismatch", "missing", "invalid", "unreadable", "could not", "cannot", "failed",
        "fehler", "beschädigt", "defekt", "fehlend", "fehlt", "ungültig", "fehlgeschlagen", "nicht gelesen",
    ].map { Array($0.utf8CString) }
    private static let harmless = [
        "0 error", "no error", "without error", "0 fehler", "keine fehler", "ohne fehler", "error-free", "fehlerfrei",
    ]
}

extension String {
    fileprivate var trimmedLine: String {
        let start = firstIndex { !$0.isWhitespace } ?? endIndex
        let end = lastIndex { !$0.isWhitespace }.map { index(after: $0) } ?? endIndex
        return start < end ? String(self[start..<end]) : ""
    }
}
