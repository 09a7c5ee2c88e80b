import Configuration
import MailStoreAPI
import OperatingSystem
import PlainText

/// Whether the TLS handshake succeeds, and what the server's certificate says; shown also where it is not accepted.
///
/// It asks for the list of functions, without a login, so that no password reaches a server which nobody vouches for.
struct CertificateCheck: TargetCheck {
    static let name = CheckName.tls
    static let needs = [CheckName.tcp]

    /// How early the end of a certificate is warned of.
    static let warningDays: Int64 = 30

    func run(_ examination: inout Examination) async -> [Finding] {
        do throws(APIError) {
            examination.metadata = .success(try await examination.parts.api.metadata(by: examination.deadline()))
        } catch {
            examination.metadata = .failure(error)
        }
        let certificate = examination.certificate
        let details = certificate.map { Self.details($0, now: examination.clock.now()) } ?? []
        if case .failure(let error) = examination.metadata {
            if error.reason == .tls {
                let isShown = certificate != nil
                return [
                    Finding(
                        .failed, isShown ? "the server's certificate is not accepted" : "the TLS handshake failed",
                        remedy: error.description, details: details)
                ]
            }
            // What fails after the handshake comes with the certificate that it showed.
            if certificate == nil, [.dns, .connect, .timeout, .cancelled].contains(error.reason) {
                let proxy = examination.proxyVariable.map {
                    " Requests may go through the proxy that the environment variable \($0) names: check that one too, "
                        + "or list the host in no_proxy."
                }
                return [Finding(.failed, "no TLS connection was made", remedy: error.description + (proxy ?? ""))]
            }
        }
        guard let certificate else { return [Finding(.ok, "the TLS handshake succeeded")] }
        return [judge(certificate, details, examination)]
    }

    private func judge(
        _ certificate: CertificateFacts, _ details: [CheckDetail], _ examination: Examination
    ) -> Finding {
        let days = Self.daysLeft(certificate, now: examination.clock.now())
        let trust = examination.target.trust
        if trust.skipsVerification {
            return Finding(
                .warning, "the server's certificate is not verified (insecure_skip_verify); \(Self.validity(days))",
                remedy: "Whoever stands in between can read the password. If it is the right server, trust its key "
                    + "with one of the lines above instead.", details: details)
        }
        let message = "\(trust.guarantor) for the server's certificate; \(Self.validity(days))"
        guard days > Self.warningDays else {
            return Finding(
                .warning, message,
                remedy: "Renew the certificate on the server; a pin has to be changed only if the key changes with it.",
                details: details)
        }
        return Finding(.ok, message, details: details)
    }

    private static func details(_ certificate: CertificateFacts, now: Timestamp) -> [CheckDetail] {
        let pin = certificate.publicKeyPin
        let facts: [CheckDetail] = [
            .printed("subject", certificate.subject), .printed("issuer", certificate.issuer),
            .printed("valid_from", Timestamp(secondsSince1970: Double(certificate.notBefore)).description),
            .printed("valid_until", Timestamp(secondsSince1970: Double(certificate.notAfter)).description),
            .number("days_left", daysLeft(certificate, now: now)), .flag("verified", certificate.verified),
            .text("pin", pin),
        ]
        guard !pin.isEmpty else { return facts }
        return facts + [
            .printed("yaml", "tls: { pinned_public_key: \"\(pin)\" }"),
            .printed("flag", "--mailstore.pinned-public-key '\(pin)'"),
        ]
    }

    /// Whole days until the certificate ends; negative where it has ended.
    private static func daysLeft(_ certificate: CertificateFacts, now: Timestamp) -> Int64 {
        Int64(((Double(certificate.notAfter) - now.secondsSince1970) / 86_400).rounded(.down))
    }

    private static func validity(_ days: Int64) -> String {
        switch days {
        case ..<0: "it has expired"
        case 0: "it expires within a day"
        default: "it is valid for another \(days) day\(days == 1 ? "" : "s")"
        }
    }
}

extension TLSTrust {
    /// Who vouches for a certificate that was accepted, in a clause without its object.
    fileprivate var guarantor: String {
        switch self {
        case .verified(nil, nil): "a certificate authority of this system vouches"
        case .verified(let file?, nil): "the CA file \(QuotedText(file)) vouches"
        case .verified(nil, _?): "the pinned key vouches"
        case .verified(let file?, _?): "the CA file \(QuotedText(file)) and the pinned key vouch"
        case .unverified: "nobody vouches"
        }
    }
}
