/// A certificate that signs itself, with its private key.
struct ServerCertificate: Sendable {
    /// The certificate in PEM (RFC 7468).
    let certificatePEM: String
    /// The private key in PEM (RFC 7468).
    let privateKeyPEM: String
    /// SHA-256 of the public key (SubjectPublicKeyInfo) in Base64, as in `sha256//...` of curl's `--pinnedpubkey`.
    let publicKeyHash: String
}

extension ServerCertificate {
    /// Bytes in Base64 (RFC 4648, section 4).
    static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for begin in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[begin..<min(begin + 3, bytes.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                let digit = alphabet[Int(bits >> UInt32(18 - 6 * place)) & 63]
                text.append(place <= group.count ? digit : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
