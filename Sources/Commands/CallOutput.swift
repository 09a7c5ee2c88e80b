import MailStoreAPI
import OperatingSystem
import PlainText

extension APIReply {
    /// The problem, as a text to follow the name of the function; `nil` if the call succeeded.
    var problem: String? {
        if let error {
            let message = error.message.isEmpty ? "no message" : error.message
            return "failed on the server: \(TerminalText.line(message)) (\(error.exceptionType))"
        }
        return statusCode == .succeeded ? nil : "ended with status \(QuotedText(statusCode.rawValue))"
    }

    /// The result as in the reply, byte for byte; `null` if there is none.
    var resultBytes: ArraySlice<UInt8> {
        var place: Range<Int>?
        try? JSONReader.read(body) { (reader) throws(JSONError) in
            try reader.readObject { (reader, key) throws(JSONError) in
                switch key {
                case "result": place = try reader.skipValue()
                default: try reader.skipValue()
                }
            }
        }
        return place.map { body[$0] } ?? Array("null".utf8)[...]
    }
}

/// HTTP status, headers and certificate of a reply, as text that ends with an empty line.
struct ExchangeDescription: CustomStringConvertible {
    private let status: Int?
    private let headers: [(name: String, value: String)]
    private let certificate: CertificateInfo?

    /// - Parameter response: The whole reply, if it is known.
    init(_ record: CallRecord?, _ response: HTTPResponse? = nil) {
        status = response?.status ?? record?.status
        headers = response?.headers ?? []
        certificate = response?.certificate ?? record?.certificate
    }

    var description: String {
        var lines: [String] = []
        if let status { lines.append("HTTP \(status)") }
        lines += headers.map { TerminalText.line("\($0.name): \($0.value)") }
        if let certificate {
            if !lines.isEmpty { lines.append("") }
            lines += [
                "Certificate",
                "  subject:  \(TerminalText.line(certificate.subject))",
                "  issuer:   \(TerminalText.line(certificate.issuer))",
                "  valid:    \(Self.instant(certificate.notBefore)) to \(Self.instant(certificate.notAfter))",
                "  pin:      \(certificate.publicKeyPin)",
                "  verified: \(certificate.verified ? "yes" : "no")",
            ]
        }
        return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n\n"
    }

    private static func instant(_ secondsSince1970: Int64) -> String {
        CivilDateTime(secondsSince1970: secondsSince1970).text + "Z"
    }
}
