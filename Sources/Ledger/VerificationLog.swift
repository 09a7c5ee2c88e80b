import Glibc

/// The findings in the log of a verification, parsed as it arrives; the text itself is stored elsewhere.
///
/// Known lines are `Verifying file group #11...`, `Creating a list of messages to be verified...` and
/// `  400 messages verified...`; the log is probably localised, and how it reports damage is undocumented
/// (`docs/api.md`, "What nobody knows"). So this only counts suspicious lines, and a person must check them.
package struct VerificationLog: Sendable, Hashable, Codable {
    /// How much of a line is read, in bytes; the rest of a longer one is skipped.
    static let longestLine = 16 * 1024

    private(set) var lineCount = 0
    /// The number of messages in the newest line of progress; `nil` before the first.
    package private(set) var messagesVerified: Int64?
    /// Lines that look like damage.
    package private(set) var errorLines = 0
    /// The newest complete line that is not empty.
    package private(set) var lastLine: String?
    /// The beginning of a line that is not yet complete.
    private var partial: [UInt8] = []

    package init() {}

    /// Parses the next chunk, which may end in the middle of a line.
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

    /// The position of the next line break, found by the C library for speed: logs may have hundreds of megabytes.
    private static func lineEnd(in bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        let buffer = UnsafeBufferPointer(rebasing: bytes)
        guard let base = buffer.baseAddress, let found = memchr(base, Int32(UInt8(ascii: "\n")), buffer.count) else {
            return nil
        }
        return bytes.startIndex + (UnsafeRawPointer(found) - UnsafeRawPointer(base))
    }

    /// Parses the last line, if no line break followed it.
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

    /// The number at the beginning of a line of progress: `400 messages verified...`, in any language.
    static func messages(in line: String) -> Int64? {
        guard line.hasSuffix("...") || line.hasSuffix("…") else { return nil }
        let head = line.prefix { $0.isASCII && ($0.isNumber || $0 == "," || $0 == "." || $0 == "'") }
        guard line[head.endIndex...].hasPrefix(" ") else { return nil }
        return Int64(head.filter(\.isNumber))
    }

    /// Whether a line may report damage: it contains words that do not occur in logs of undamaged stores.
    static func looksLikeDamage(_ line: String) -> Bool {
        let line = line.lowercased()
        guard holdsDamage(line) else { return false }
        // For example, the rest of `0 errors, 3 messages missing` is damage.
        return holdsDamage(harmless.reduce(" " + line) { $0.replacing(" " + $1, with: " ") })
    }

    /// A fast first check by the C library that rules out nearly all lines of a log.
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
