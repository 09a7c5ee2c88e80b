import PlainText

/// What can be seen of a text in PEM (RFC 7468) without understanding its contents.
enum PEMText {
    /// The most that is read of a file, in bytes.
    static let largest = 1 << 20

    static func certificates(_ text: String) throws(InvalidValue) -> String {
        guard text.contains("-----BEGIN CERTIFICATE-----") else {
            throw InvalidValue(
                """
                holds no certificate in PEM (a line "-----BEGIN CERTIFICATE-----"); one in DER is converted by \
                openssl x509 -inform DER
                """)
        }
        return text
    }

    static func privateKey(_ text: String) throws(InvalidValue) -> String {
        guard text.contains("PRIVATE KEY-----") else {
            throw InvalidValue(
                """
                holds no private key in PEM (a line "-----BEGIN PRIVATE KEY-----"); give the key that belongs to the \
                certificate
                """)
        }
        guard !text.contains("ENCRYPTED") else {
            throw InvalidValue(
                "holds a private key under a passphrase; take that off by openssl pkey -in OLD -out NEW")
        }
        return text
    }
}
