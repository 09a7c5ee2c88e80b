import Configuration
import MailStoreAPI
import OperatingSystem
import PlainText

/// Whether the TLS handshake succeeds, and the facts in the server's certificate, accepted or not.
///
/// It calls get-metadata without a login, so that no password is sent to an untrusted server.
struct CertificateCheck: TargetCheck {
    static let name = CheckName.tls
    static let needs = [CheckName.tcp]

    /// The line for PowerShell on the server that prints the same thumbprints of its certificates, to compare.
    static let powerShell =
        #"Get-ChildItem Cert:\LocalMachine\My | ForEach-Object { $_.Subject; "sha1:   " + $_.Thumbprint; "sha256: " + "#
        + #"[BitConverter]::ToString([Security.Cryptography.SHA256]::Create().ComputeHash($_.RawData)).Replace("-", "") }"#

    /// A certificate that expires within this number of days causes a warning.
    static let warningDays: Int64 = 30

    func run(_ context: inout CheckContext) async -> [Finding] {
        do throws(APIError) {
            context.metadata = .success(
                try await context.parts.api.metadata(by: context.deadline(), sending: .never))
        } catch {
            context.metadata = .failure(error)
        }
        let certificate = context.certificate
        let details = certificate.map { Self.details($0, now: context.clock.now()) } ?? []
        if case .failure(let error) = context.metadata {
            if error.reason == .tls {
                let isShown = certificate != nil
                let comparison = isShown ? " " + Self.comparison : ""
                return [
                    Finding(
                        .failed, isShown ? "the server's certificate is not accepted" : "the TLS handshake failed",
                        remedy: error.description + comparison, details: details)
                ]
            }
            // An error after the handshake carries the certificate; one without never completed the handshake.
            if certificate == nil, [.dns, .connect, .timeout, .cancelled].contains(error.reason) {
                var remedy = error.description
                if let variable = context.proxy?.variable, !remedy.contains(variable) {
                    remedy += " The requests go through the proxy that the environment variable \(variable) sets."
                }
                return [Finding(.failed, "cannot establish a TLS connection", remedy: remedy)]
            }
        }
        guard let certificate else { return [Finding(.ok, "the TLS handshake succeeded")] }
        return [judge(certificate, details, context)]
    }

    private func judge(
        _ certificate: CertificateInfo, _ details: [CheckDetail], _ context: CheckContext
    ) -> Finding {
        let days = Self.daysLeft(certificate, now: context.clock.now())
        let trust = context.target.trust
        if trust.skipsVerification {
            return Finding(
                .warning, "the server's certificate is not verified (insecure_skip_verify); \(Self.validity(days))",
                remedy: "Anyone between this machine and the server can read the password. If this is the right "
                    + "server, pin its key with one of the lines above instead. \(Self.comparison)", details: details)
        }
        let anchor = context.authorityVariables.map { "the CA certificates that \($0) names" } ?? trust.anchor
        let message = "the server's certificate is trusted through \(anchor); \(Self.validity(days))"
        guard days > Self.warningDays else {
            return Finding(
                .warning, message,
                remedy: "Renew the certificate on the server. A pin has to change only if the key changes too.",
                details: details)
        }
        return Finding(.ok, message, details: details)
    }

    /// How to find out whether it is the right server.
    private static let comparison =
        "To compare the thumbprints, run the line \"powershell\" above in PowerShell on the server."

    private static func details(_ certificate: CertificateInfo, now: Timestamp) -> [CheckDetail] {
        let pin = certificate.publicKeyPin
        var facts: [CheckDetail] = [
            .printed("subject", certificate.subject), .printed("issuer", certificate.issuer),
            .printed("valid_from", Timestamp(secondsSince1970: Double(certificate.notBefore)).description),
            .printed("valid_until", Timestamp(secondsSince1970: Double(certificate.notAfter)).description),
        ]
        facts += thumbprints(certificate)
        facts += [
            .number("days_left", daysLeft(certificate, now: now)), .flag("verified", certificate.verified),
            .text("pin", pin),
        ]
        if !certificate.verified { facts.append(.printed("powershell", powerShell)) }
        guard !pin.isEmpty else { return facts }
        return facts + [
            .printed("yaml", "tls: { pinned_public_key: \"\(pin)\" }"),
            .printed("flag", "--mailstore.pinned-public-key '\(pin)'"),
        ]
    }

    /// SHA-1 is what Windows shows as the thumbprint.
    private static func thumbprints(_ certificate: CertificateInfo) -> [CheckDetail] {
        [("sha1", certificate.sha1), ("sha256", certificate.sha256)].compactMap { name, digits in
            digits.isEmpty ? nil : .printed(name, digits)
        }
    }

    /// Whole days until the certificate expires; negative if it has expired.
    private static func daysLeft(_ certificate: CertificateInfo, now: Timestamp) -> Int64 {
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
    /// The reason that an accepted certificate is trusted.
    fileprivate var anchor: String {
        switch self {
        case .verified(nil, nil): "the CA certificates of this system"
        case .verified(let file?, nil): "the CA file \(QuotedText(file))"
        case .verified(nil, _?): "the pinned key"
        case .verified(let file?, _?): "the CA file \(QuotedText(file)) and the pinned key"
        case .unverified: "no verification"
        }
    }
}
