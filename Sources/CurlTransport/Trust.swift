/// What has to vouch for a server's certificate.
enum Trust: Sendable, Equatable {
    /// The certificate authorities of the operating system.
    case system
    /// The certificates of a PEM file, and no others.
    case authority(file: String)
    /// The public key alone: issuer, host name and validity do not count.
    case publicKey(pin: String)
    /// Both the certificates of a PEM file and the public key.
    case authorityAndPublicKey(file: String, pin: String)
    /// Nothing: every certificate is accepted, and none counts as verified.
    case nothing

    init(_ options: CurlOptions) {
        self =
            switch (options.skipVerification, options.caFile, options.pinnedPublicKey) {
            case (true, _, _): .nothing
            case (false, nil, nil): .system
            case (false, let file?, nil): .authority(file: file)
            case (false, nil, let pin?): .publicKey(pin: pin)
            case (false, let file?, let pin?): .authorityAndPublicKey(file: file, pin: pin)
            }
    }

    /// Whether issuer, validity and host name are checked.
    var checksChain: Bool {
        switch self {
        case .system, .authority, .authorityAndPublicKey: true
        case .publicKey, .nothing: false
        }
    }

    var caFile: String? {
        switch self {
        case .authority(let file), .authorityAndPublicKey(let file, _): file
        case .system, .publicKey, .nothing: nil
        }
    }

    var pin: String? {
        switch self {
        case .publicKey(let pin), .authorityAndPublicKey(_, let pin): pin
        case .system, .authority, .nothing: nil
        }
    }
}
