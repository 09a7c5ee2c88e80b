package import MailStoreAPI
import OperatingSystem
import PlainText

extension Envelope {
    /// What went wrong, in words that go on after the function's name; `nil` where it succeeded.
    package var problem: String? {
        if let error {
            let message = error.message.isEmpty ? "no message" : error.message
            return "failed on the server: \(ScreenText.line(message)) (\(error.exceptionType))"
        }
        return statusCode == .succeeded ? nil : "ended in the state \(QuotedText(statusCode.rawValue))"
    }

    /// The result as it stands in the reply; `null` where there is none.
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

extension Console {
    /// Writes what the command is for.
    func writeResult(_ bytes: [UInt8]) throws(CommandError) {
        guard !writeOutput(bytes) else { return }
        throw CommandError(.failure, "the result could not be written to the standard output; is the disk full?")
    }

    /// Says that a process goes on without a watcher, and how to watch it again.
    func sayLeft(_ title: String, token: String, because error: APIError?, attaching: [String]) {
        let token = ScreenText.line(token)
        if let error { say("mailstore_exporter: \(ScreenText.line(error.description))") }
        say("\(title) was left running on the server; its token is \(token)")
        say("watch it again with: \((attaching + [token]).map { ShellText($0).description }.joined(separator: " "))")
    }
}

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

/// Remembers the last request that was made, for those who want to see more than results.
package final class ExchangeRecorder: CallObserver {
    private let record = Locked<CallRecord?>(nil)

    package init() {}

    /// The last request, and how it went.
    package var last: CallRecord? { record.withLock { $0 } }

    package func callEnded(_ call: CallRecord) {
        record.withLock { $0 = call }
    }

    package func callFailed(_ error: APIError) {}
}
