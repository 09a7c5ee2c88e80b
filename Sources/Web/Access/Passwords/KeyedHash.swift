internal import CGnuTLS

/// HMAC-SHA-256 (RFC 2104) with a key that only this process knows and nobody ever sees.
///
/// What it makes of a password can be remembered: without the key it cannot be tried out.
struct KeyedHash: Sendable {
    private let key: [UInt8]

    init() {
        var generator = SystemRandomNumberGenerator()
        key = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// The digest of several texts, each with its length, so that none can run into its neighbour.
    func digest(_ texts: [[UInt8]]) -> [UInt8] {
        var message: [UInt8] = []
        for text in texts {
            withUnsafeBytes(of: UInt64(text.count).littleEndian) { message += $0 }
            message += text
        }
        var digest = [UInt8](repeating: 0, count: 32)
        let result = gnutls_hmac_fast(GNUTLS_MAC_SHA256, key, key.count, message, message.count, &digest)
        guard result == 0 else {
            // A digest of nothing: what is not recognised is checked, which is slow and safe.
            var generator = SystemRandomNumberGenerator()
            return digest.map { _ in UInt8.random(in: 0...255, using: &generator) }
        }
        return digest
    }

    /// A number that belongs to a text.
    func number(_ text: [UInt8]) -> UInt64 {
        digest([text]).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
