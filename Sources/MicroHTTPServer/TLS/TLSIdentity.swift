/// The certificate that a server shows and the key that proves it.
package struct TLSIdentity: Sendable {
    /// The server's certificate, followed by those of its issuers, in PEM.
    package var certificatePEM: String
    /// The certificate's private key in PEM, not encrypted.
    package var privateKeyPEM: String

    package init(certificatePEM: String, privateKeyPEM: String) {
        self.certificatePEM = certificatePEM
        self.privateKeyPEM = privateKeyPEM
    }

    /// What is visibly wrong with the two texts, or nil.
    var mistake: String? {
        if !certificatePEM.contains("-----BEGIN CERTIFICATE-----") {
            return "the certificate is not in PEM (no line \"-----BEGIN CERTIFICATE-----\"): "
                + "convert it with openssl x509 -inform DER"
        }
        if privateKeyPEM.contains("ENCRYPTED") {
            return "the private key is encrypted: store it without a passphrase (openssl pkey -in KEY -out NEW)"
        }
        if !privateKeyPEM.contains("PRIVATE KEY-----") {
            return "the private key is not in PEM (no line \"-----BEGIN PRIVATE KEY-----\"): "
                + "give the key file that belongs to the certificate"
        }
        return nil
    }
}
