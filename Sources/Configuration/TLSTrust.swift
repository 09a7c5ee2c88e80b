internal import Foundation
import PlainText

/// How a server's certificate is verified.
package enum TLSTrust: Sendable, Hashable {
    /// By a CA of the file (or, without file and pin, of the system) and by the pin, if it is set.
    case verified(caFile: String?, pin: PublicKeyPin?)
    /// Not at all: an attacker between the exporter and the server can read the password.
    case unverified

    package var caFile: String? {
        if case .verified(let caFile, _) = self { caFile } else { nil }
    }

    package var pin: PublicKeyPin? {
        if case .verified(_, let pin) = self { pin } else { nil }
    }

    package var skipsVerification: Bool { self == .unverified }
}

/// The pin of a server's public key: `sha256//` and the base64 of the SHA-256 of its SubjectPublicKeyInfo, in the
/// format of libcurl (CURLOPT_PINNEDPUBLICKEY); several pins, separated by semicolons, allow a change of keys.
package struct PublicKeyPin: Sendable, Hashable, CustomStringConvertible {
    package let description: String

    init(parsing text: String) throws(InvalidValue) {
        let pins = text.split(separator: ";", omittingEmptySubsequences: false)
        for pin in pins { try Self.check(String(pin)) }
        description = text
    }

    private static func check(_ pin: String) throws(InvalidValue) {
        let form = "a pin is sha256// and 44 characters of base64"
        let prefix = "sha256//"
        guard pin.hasPrefix(prefix) else {
            let isFingerprint = pin.filter { $0 != ":" }.count >= 40 && pin.allSatisfy { $0.isHexDigit || $0 == ":" }
            let what = isFingerprint ? "is a certificate's fingerprint, not a pin" : "does not begin with sha256//"
            throw InvalidValue(
                "\(QuotedText(pin)) \(what); \(form) (the error of a failed connection shows the right one)")
        }
        let digest = pin.dropFirst(prefix.count)
        guard digest.utf8.count == 44, Data(base64Encoded: String(digest))?.count == 32 else {
            throw InvalidValue("\(QuotedText(pin)) is not complete; \(form)")
        }
    }
}
