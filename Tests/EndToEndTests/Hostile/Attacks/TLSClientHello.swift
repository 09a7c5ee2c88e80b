/// The first message of a TLS client (RFC 8446, 4.1.2 and 5.1), as one that offers TLS 1.2 sends it.
enum TLSClientHello {
    static let bytes: [UInt8] = {
        let version: [UInt8] = [3, 3]
        let random = [UInt8](repeating: 0x5A, count: 32)
        // ECDHE with AES-GCM, by a certificate of either kind.
        let suites: [UInt8] = [0, 4, 0xC0, 0x2B, 0xC0, 0x2F]
        let groups: [UInt8] = [0, 10, 0, 4, 0, 2, 0, 23]
        let signatures: [UInt8] = [0, 13, 0, 6, 0, 4, 4, 3, 8, 4]
        let extensions = groups + signatures
        let body = version + random + [0] + suites + [1, 0] + length(extensions.count) + extensions
        let message = [1, 0] + length(body.count) + body
        return [22, 3, 1] + length(message.count) + message
    }()

    private static func length(_ count: Int) -> [UInt8] {
        [UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)]
    }
}
