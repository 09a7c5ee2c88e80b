internal import Glibc

/// What was noted about a request target before libmicrohttpd decoded it; kept in the slot of the request's context.
struct RequestTarget {
    enum Fault: UInt {
        case none, badCharacter, tooLong
    }

    /// Bytes as sent.
    let length: Int
    let fault: Fault

    /// Bytes of the connection's memory that libmicrohttpd uses for a parameter of the query.
    private static let parameterMemory = 64

    /// - Parameters:
    ///   - text: Changed for a target with too many parameters, so that libmicrohttpd does not read them: it would use up
    ///     the memory of the connection, not answer, and keep its event loop busy.
    ///   - memory: The bytes of the connection's memory.
    init(_ text: UnsafeMutablePointer<CChar>, memory: Int) {
        length = strlen(text)
        let bytes = UnsafeBufferPointer(start: text, count: length)
        let query = strchr(text, Int32(Self.questionMark))
        let parameters = query == nil ? 0 : bytes.count { $0 == Self.ampersand } + 1
        if let query, length + parameters * Self.parameterMemory > memory / 4 * 3 {
            fault = .tooLong
            query[1] = 0
        } else {
            // A fragment is not a part of a target (RFC 9112, 3.2). Characters outside ASCII are negative here.
            let areValid = bytes.allSatisfy { $0 > 32 && $0 != 127 && $0 != Self.numberSign }
            fault = areValid && PercentEncoding.isValid(in: bytes) ? .none : .badCharacter
        }
    }

    private static let ampersand = CChar(0x26)
    private static let questionMark = CChar(0x3F)
    private static let numberSign = CChar(0x23)
    /// Distinguishes the value of the slot from pointers, which are aligned.
    private static let mark: UInt = 2

    var slotValue: UnsafeMutableRawPointer? {
        UnsafeMutableRawPointer(bitPattern: UInt(length) << 4 | fault.rawValue << 2 | Self.mark)
    }

    init?(slotValue: UnsafeMutableRawPointer?) {
        let bits = UInt(bitPattern: slotValue)
        guard bits & Self.mark != 0, let fault = Fault(rawValue: bits >> 2 & 3) else { return nil }
        length = Int(bits >> 4)
        self.fault = fault
    }
}

/// Percent-encoded bytes (RFC 3986, 2.1).
private enum PercentEncoding {
    private static let percentSign = CChar(0x25)

    /// Whether two hexadecimal digits follow each percent sign.
    static func isValid(in text: UnsafeBufferPointer<CChar>) -> Bool {
        text.indices.allSatisfy { index in
            text[index] != percentSign || text[(index + 1)...].prefix(2).count { isxdigit(Int32($0)) != 0 } == 2
        }
    }

    static func isValid(in text: Substring) -> Bool {
        text.utf8.map { CChar(bitPattern: $0) }.withUnsafeBufferPointer(isValid(in:))
    }
}

/// A request target in absolute form (RFC 9112, 3.2.2).
struct AbsoluteTarget {
    /// The path, at least "/".
    let path: Substring

    init?(_ text: String) {
        let lower = text.prefix(8).lowercased()
        guard let scheme = ["http://", "https://"].first(where: lower.hasPrefix) else { return nil }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard !authority.isEmpty, Authority.isValid(authority) else { return nil }
        let path = rest[authority.endIndex...]
        self.path = path.hasPrefix("/") ? path : "/"
    }
}

/// A host with an optional port (RFC 3986, 3.2.2 and 3.2.3).
enum Authority {
    /// Whether the text is one, or empty; a comma is not accepted, because it would rather be a second host.
    static func isValid(_ text: Substring) -> Bool {
        var host = text
        if let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") {
            let port = text[text.index(after: colon)...]
            guard port.allSatisfy({ $0.isASCII && $0.isNumber }), UInt16(port) != nil || port.isEmpty else {
                return false
            }
            host = text[..<colon]
            if host.isEmpty { return false }
        }
        if host.hasPrefix("[") {
            return host.hasSuffix("]") && isLiteral(host.dropFirst().dropLast())
        }
        return host.allSatisfy(isPart) && PercentEncoding.isValid(in: host)
    }

    /// Whether the text between brackets is an IPv6 address, maybe with a zone, or one of a later version.
    private static func isLiteral(_ text: Substring) -> Bool {
        let address = text.prefix { $0 != "%" }
        let zone = text[address.endIndex...]
        guard zone.isEmpty || zone.count > 3, zone.allSatisfy(isPart), PercentEncoding.isValid(in: zone) else {
            return false
        }
        if let first = address.first, first == "v" || first == "V" {
            return address.contains(".") && address.allSatisfy { isPart($0) || $0 == ":" }
        }
        return address.count { $0 == ":" } >= 2
            && address.allSatisfy { $0.isASCII && ($0.isHexDigit || $0 == ":" || $0 == ".") }
    }

    private static func isPart(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "-._~%!$&'()*+;=".contains(character))
    }
}
