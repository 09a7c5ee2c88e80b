/// An HTTP request without its connection.
struct SimulatedRequest: Sendable {
    var method = "POST"
    var path: String
    var query: [String: String] = [:]
    var authorization: String?
    /// The header as sent; nil if it was absent.
    var contentLength: String?
    var contentType: String?
    var body: [UInt8] = []

    /// The fields of the form in the body; none if the content type is not that of a form.
    var arguments: [String: String] {
        let type = contentType?.lowercased() ?? ""
        guard type.hasPrefix("application/x-www-form-urlencoded") else { return [:] }
        return FormDecoding.fields(body)
    }
}

/// Decodes `application/x-www-form-urlencoded` data as UTF-8.
enum FormDecoding {
    /// The values by name; the first field of a name counts.
    static func fields(_ body: [UInt8]) -> [String: String] {
        var fields: [String: String] = [:]
        for pair in body.split(separator: UInt8(ascii: "&")) {
            let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = decoded(halves[0])
            guard fields[name] == nil else { continue }
            fields[name] = halves.count == 2 ? decoded(halves[1]) : ""
        }
        return fields
    }

    /// Undoes the escaping; a percent sign that is not followed by two hexadecimal digits is left unchanged.
    private static func decoded(_ text: ArraySlice<UInt8>) -> String {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"):
                bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                if let high = rest.first.flatMap(digit), let low = rest.dropFirst().first.flatMap(digit) {
                    bytes.append(high << 4 | low)
                    rest = rest.dropFirst(2)
                } else {
                    bytes.append(byte)
                }
            default:
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.map { UInt8($0) }
    }
}

/// The user name and password in an `Authorization` header of HTTP Basic authentication (RFC 7617).
struct AuthorizationHeader: Equatable {
    var userName: String
    var password: String

    /// Parses the header; nil if it is absent, malformed or of another scheme.
    init?(_ header: String?) {
        guard let parts = header?.split(separator: " ", maxSplits: 1), parts.count == 2,
            parts[0].lowercased() == "basic", let bytes = Self.decodedBase64(parts[1].utf8)
        else { return nil }
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        userName = String(decoding: bytes[..<colon], as: UTF8.self)
        password = String(decoding: bytes[(colon + 1)...], as: UTF8.self)
    }

    private static func decodedBase64(_ text: Substring.UTF8View) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in text where byte != UInt8(ascii: "=") {
            guard let value = SimulatedCertificate.base64Alphabet.firstIndex(of: byte) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }
}
