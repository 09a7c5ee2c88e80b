/// Cuts a log that comes in chunks into its lines.
struct LogSplitter {
    /// The longest line that is shown, in bytes; the rest of a longer one is passed over.
    static let longestLine = 4096

    private var partial: [UInt8] = []

    /// The lines that the chunk completes, without their ends.
    mutating func lines(of chunk: String) -> [String] {
        var chunk = chunk
        var lines: [String] = []
        chunk.withUTF8 { bytes in
            var start = 0
            while start < bytes.count {
                let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
                let piece = bytes[start..<(end ?? bytes.count)]
                partial.append(contentsOf: piece.prefix(max(0, Self.longestLine - partial.count)))
                guard let end else { return }
                lines.append(takeLine())
                start = end + 1
            }
        }
        return lines
    }

    /// The last line, where no line break followed it.
    mutating func finish() -> String? {
        partial.isEmpty ? nil : takeLine()
    }

    private mutating func takeLine() -> String {
        if partial.last == UInt8(ascii: "\r") { partial.removeLast() }
        defer { partial.removeAll(keepingCapacity: true) }
        return String(decoding: partial, as: UTF8.self)
    }
}
