/// An element of a header such as `Accept`: a value with parameters.
struct HeaderElement: Equatable {
    /// In lower case, such as `text/plain` or `gzip`.
    var value: String
    /// Names in lower case, without `q`; the first of a name counts.
    var parameters: [String: String] = [:]
    /// The preference in thousandths, 0 (not wanted) to 1000.
    var quality = 1000
}

/// Reads headers that are lists with parameters and preferences (RFC 9110, 5.6 and 12.4.2).
///
/// It never fails: invalid elements are left out. Only the first 8 KiB and 64 elements are read.
enum HeaderList {
    private static let maximumLength = 8192
    private static let maximumElements = 64

    static func parse(_ header: String) -> [HeaderElement] {
        var elements: [HeaderElement] = []
        for part in split(header.utf8.prefix(maximumLength), at: UInt8(ascii: ",")) {
            guard let element = element(part) else { continue }
            elements.append(element)
            if elements.count == maximumElements {
                break
            }
        }
        return elements
    }

    private static func element(_ part: [UInt8]) -> HeaderElement? {
        let fields = split(part[...], at: UInt8(ascii: ";"))
        guard let first = fields.first else { return nil }
        let value = text(first).lowercased()
        guard !value.isEmpty else { return nil }
        var element = HeaderElement(value: value)
        var hasQuality = false
        for field in fields.dropFirst() {
            guard let equals = field.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = text(Array(field[..<equals])).lowercased()
            let value = unquoted(text(Array(field[(equals + 1)...])))
            if name == "q" {
                if !hasQuality {
                    element.quality = quality(value)
                    hasQuality = true
                }
            } else if !name.isEmpty, element.parameters[name] == nil {
                element.parameters[name] = value
            }
        }
        return element
    }

    /// Splits at each separator outside of quoted strings.
    private static func split(_ bytes: some Sequence<UInt8>, at separator: UInt8) -> [[UInt8]] {
        var parts: [[UInt8]] = [[]]
        var isQuoted = false
        var isEscaped = false
        for byte in bytes {
            if byte == separator, !isQuoted {
                parts.append([])
                continue
            }
            if isEscaped {
                isEscaped = false
            } else if isQuoted, byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            }
            parts[parts.count - 1].append(byte)
        }
        return parts
    }

    private static func text(_ bytes: [UInt8]) -> String {
        let isSpace: (UInt8) -> Bool = { $0 <= UInt8(ascii: " ") }
        let start = bytes.firstIndex { !isSpace($0) } ?? bytes.endIndex
        let end = bytes.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? start
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private static func unquoted(_ text: String) -> String {
        guard text.unicodeScalars.first == "\"" else { return text }
        var result = ""
        var isEscaped = false
        for scalar in text.unicodeScalars.dropFirst() {
            if !isEscaped, scalar == "\\" {
                isEscaped = true
            } else if !isEscaped, scalar == "\"" {
                break
            } else {
                result.unicodeScalars.append(scalar)
                isEscaped = false
            }
        }
        return result
    }

    /// Thousandths of a preference.
    ///
    /// Text that is not a number counts as 1, as in Prometheus's library; so does a number above 1.
    private static func quality(_ text: String) -> Int {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let isNumber = parts.allSatisfy { $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }
        guard isNumber, parts.contains(where: { !$0.isEmpty }) else { return 1000 }
        guard parts[0].allSatisfy({ $0 == "0" }) else { return 1000 }
        let fraction = parts.count > 1 ? parts[1].prefix(3) : ""
        return Int(fraction + String(repeating: "0", count: 3 - fraction.count)) ?? 1000
    }
}
