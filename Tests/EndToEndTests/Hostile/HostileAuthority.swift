/// Certificates for the two sides of an encrypted endpoint, good and bad ones, made by the openssl program.
struct HostileAuthority: Sendable {
    /// Whose certificate a client shows.
    enum Client: String, CaseIterable {
        /// The one that is let in.
        case good
        /// Of another authority of the same name.
        case foreign
        case selfSigned
        /// Of the right authority, but for servers.
        case ofServer
        case expired
    }

    private let folder: TemporaryFolder

    init() async throws {
        folder = try TemporaryFolder()
        let program = try RunningProgram("sh", ["-c", Self.script, "sh", folder.path])
        guard try await program.waitForEnd() == .exit(0) else { throw TestFailure("openssl: \(program.errors)") }
    }

    /// The path of a file of the authority.
    subscript(file: String) -> String { folder[file] }

    func text(_ file: String) -> String { folder.read(file) }

    /// How curl shows this client's certificate.
    func arguments(_ client: Client) -> [String] {
        ["--cert", folder["\(client.rawValue).pem"], "--key", folder["\(client.rawValue).key"]]
    }

    // The server's second certificate is of another authority: who trusts only that one sees when it is in force.
    private static let script = """
        set -e
        cd "$1"
        new="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        for authority in ca other second; do
            openssl req -x509 $new -keyout $authority.key -out $authority.pem -days 2 -subj /CN=authority
        done
        sign() {
            name=$1 authority=$2; shift 2
            openssl req -x509 $new -keyout $name.key -out $name.pem -CA $authority.pem -CAkey $authority.key \
                -days 2 -subj /CN=$name -addext basicConstraints=critical,CA:FALSE "$@"
        }
        server="-addext extendedKeyUsage=serverAuth -addext subjectAltName=DNS:localhost,IP:127.0.0.1"
        sign server ca $server
        sign replacement second $server
        cat ca.pem second.pem > both.pem
        client="-addext extendedKeyUsage=clientAuth"
        sign good ca $client
        sign foreign other $client
        sign ofServer ca -addext extendedKeyUsage=serverAuth
        openssl req -x509 $new -keyout selfSigned.key -out selfSigned.pem -days 2 -subj /CN=self $client
        openssl req $new -keyout expired.key -out expired.csr -subj /CN=expired
        cat > ca.cnf <<END
        [ca]
        default_ca = d
        [d]
        database = index
        serial = serial
        new_certs_dir = .
        default_md = sha256
        policy = p
        [p]
        commonName = supplied
        [client]
        extendedKeyUsage = clientAuth
        END
        touch index
        echo 01 > serial
        openssl ca -batch -notext -config ca.cnf -cert ca.pem -keyfile ca.key -extensions client \
            -startdate 20200101000000Z -enddate 20200201000000Z -in expired.csr -out expired.pem
        """
}
