import Glibc
import MicroHTTPServer
import Testing

/// A certificate for `localhost` and 127.0.0.1, made for a test by the openssl program.
struct Certificate {
    var identity: TLSIdentity

    static func make(key: [String] = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]) async throws -> Certificate {
        let options = key.joined(separator: " ")
        let output = try await Program.run(
            "sh", "-c",
            "openssl req -x509 -newkey \(options) -nodes -keyout - -days 2 -subj /CN=localhost "
                + "-addext subjectAltName=DNS:localhost,IP:127.0.0.1")
        let text = output.text
        let start = try #require(text.firstRange(of: "-----BEGIN CERTIFICATE-----")).lowerBound
        return Certificate(
            identity: TLSIdentity(
                certificatePEM: String(text[start...]), privateKeyPEM: String(text[..<start])))
    }

    /// Runs code that needs the certificate as a file.
    func withFile(_ body: (String) async throws -> Void) async throws {
        var path = Array("/tmp/certificate-XXXXXX".utf8CString)
        let descriptor = mkstemp(&path)
        guard descriptor >= 0 else { throw SystemCallError(call: "mkstemp") }
        defer {
            close(descriptor)
            unlink(path)
        }
        let bytes = Array(identity.certificatePEM.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else { throw SystemCallError(call: "write") }
        let name = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try await body(name)
    }
}
