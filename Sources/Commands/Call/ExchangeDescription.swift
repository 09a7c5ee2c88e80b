internal import MailStoreAPI
import OperatingSystem
import PlainText

/// What stands around a reply: HTTP status, headers and certificate, as text that ends with an empty line.
struct ExchangeDescription: CustomStringConvertible {
    var status: Int?
    var headers: [(name: String, value: String)] = []
    var certificate: CertificateFacts?

    var description: String {
        var lines: [String] = []
        if let status { lines.append("HTTP \(status)") }
        lines += headers.map { ScreenText.line("\($0.name): \($0.value)") }
        if let certificate {
            if !lines.isEmpty { lines.append("") }
            lines += [
                "Certificate",
                "  subject:  \(ScreenText.line(certificate.subject))",
                "  issuer:   \(ScreenText.line(certificate.issuer))",
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
