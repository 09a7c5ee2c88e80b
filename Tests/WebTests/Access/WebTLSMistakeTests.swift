import TestSupport
import Testing

@testable import Web

@Suite("Mistakes in tls_server_config")
struct WebTLSMistakeTests {
    static let pair = "cert_file: server.crt, key_file: server.key"
    static let needsPair = "is missing; TLS needs a certificate and its key (cert_file and key_file, or cert and key)"

    @Test(
        "what would not be secure, or not work, is refused",
        arguments: [
            ("cert_file: server.crt", ["key_file: \(needsPair)"]),
            ("key_file: server.key", ["cert_file: \(needsPair)"]),
            ("cert_file: '', key_file: server.key", ["cert_file: \(needsPair)"]),
            ("min_version: TLS13", ["cert_file: \(needsPair)", "key_file: \(needsPair)"]),
            (
                "\(pair), cert: x",
                [
                    "cert_file: is set as well as cert; keep one",
                    "cert: contains no certificate in PEM (a line \"-----BEGIN CERTIFICATE-----\"); "
                        + "convert one in DER with openssl x509 -inform DER",
                ]
            ),
            (
                "cert_file: no.crt, key_file: server.key",
                [
                    "cert_file: cannot be used: there is no file \"no.crt\"; check the path, or create the file"
                ]
            ),
            (
                "cert_file: server.key, key_file: server.crt",
                [
                    "cert_file: contains no certificate in PEM (a line \"-----BEGIN CERTIFICATE-----\"); "
                        + "convert one in DER with openssl x509 -inform DER",
                    "key_file: contains no private key in PEM (a line \"-----BEGIN PRIVATE KEY-----\"); "
                        + "give the key that belongs to the certificate",
                ]
            ),
            (
                "\(pair), client_ca_file: clients.crt",
                [
                    "client_ca_file: has no effect without client_auth_type; "
                        + "add client_auth_type: RequireAndVerifyClientCert"
                ]
            ),
            (
                "\(pair), client_ca_file: clients.crt, client_auth_type: NoClientCert",
                [
                    "client_ca_file: has no effect without client_auth_type; "
                        + "add client_auth_type: RequireAndVerifyClientCert"
                ]
            ),
            (
                "\(pair), client_auth_type: RequireAndVerifyClientCert, client_ca_file: server.key",
                [
                    "client_ca_file: contains no certificate in PEM (a line \"-----BEGIN CERTIFICATE-----\"); "
                        + "convert one in DER with openssl x509 -inform DER"
                ]
            ),
            (
                "\(pair), client_auth_type: RequireAndVerify",
                [
                    "client_auth_type: \"RequireAndVerify\" is not a client_auth_type; "
                        + "did you mean \"RequireAndVerifyClientCert\"?"
                ]
            ),
            (
                "\(pair), client_allowed_sans: [a]",
                [
                    "client_allowed_sans: needs a certificate of every client; "
                        + "add client_auth_type: RequireAndVerifyClientCert"
                ]
            ),
            (
                "\(pair), client_allowed_sans: [a], client_auth_type: VerifyClientCertIfGiven",
                [
                    "client_allowed_sans: needs a certificate of every client; "
                        + "add client_auth_type: RequireAndVerifyClientCert"
                ]
            ),
            (
                "\(pair), client_allowed_sans: [], client_auth_type: RequireAnyClientCert",
                [
                    "client_allowed_sans: is an empty list, which admits nobody; name a client, or leave the key out"
                ]
            ),
            (
                "\(pair), min_version: TLS14",
                [
                    "min_version: \"TLS14\" is not a TLS version; did you mean \"TLS10\"?"
                ]
            ),
            (
                "\(pair), max_version: SSL30",
                [
                    "max_version: \"SSL30\" is not a TLS version; use one of TLS10, TLS11, TLS12, TLS13"
                ]
            ),
            (
                "\(pair), max_version: TLS11",
                [
                    "max_version: leaves no TLS version, since min_version (TLS12 unless set) is above max_version "
                        + "(TLS13 unless set); swap them, or leave one out"
                ]
            ),
            (
                "\(pair), cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]",
                [
                    "cipher_suites[0]: \"TLS_RSA_WITH_RC4_128_SHA\" is not a supported cipher suite; "
                        + "did you mean \"TLS_RSA_WITH_AES_128_CBC_SHA\"?"
                ]
            ),
            (
                "\(pair), cipher_suites: [TLS_AES_128_GCM_SHA256], max_version: TLS12",
                [
                    "cipher_suites: has suites of TLS 1.3 only, which max_version excludes; "
                        + "add others, or leave it out"
                ]
            ),
            (
                "\(pair), curve_preferences: [P256]",
                [
                    "curve_preferences[0]: \"P256\" is not a supported curve; "
                        + "use one of X25519, CurveP256, CurveP384, CurveP521"
                ]
            ),
            (
                "\(pair), prefer_server_cipher_suites: 1",
                [
                    "prefer_server_cipher_suites: must be true or false, not \"1\""
                ]
            ),
            ("\(pair), client_cafile: x", ["client_cafile: unknown key; did you mean \"client_ca_file\"?"]),
        ])
    func refused(settings: String, expected: [String]) throws {
        #expect(
            try WebExample("tls_server_config: { \(settings) }").mistakes()
                == expected.map { "web.yml:1: tls_server_config.\($0)" })
    }

    @Test("a key under a passphrase is refused, whose contents are not shown")
    func encryptedKey() throws {
        let example = try WebExample("tls_server_config: { \(Self.pair) }")
        let key = WebExample.key.replacing("PRIVATE", with: "ENCRYPTED PRIVATE")
        _ = try example.folder.write(key, to: "server.key")
        #expect(
            example.mistakes() == [
                "web.yml:1: tls_server_config.key_file: contains a private key with a passphrase; "
                    + "remove it with openssl pkey -in OLD -out NEW"
            ])
    }
}
