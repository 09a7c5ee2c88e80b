/// What a server's certificate has to satisfy.
package enum TLSTrust: Sendable, Hashable {
    /// A CA of the file (or, without file and pin, of the system) and the pin, where they are set.
    case verified(caFile: String?, pin: PublicKeyPin?)
    /// Nothing: anybody between exporter and server can read the password.
    case unverified

    package var caFile: String? {
        if case .verified(let caFile, _) = self { caFile } else { nil }
    }

    package var pin: PublicKeyPin? {
        if case .verified(_, let pin) = self { pin } else { nil }
    }

    package var skipsVerification: Bool { self == .unverified }
}
