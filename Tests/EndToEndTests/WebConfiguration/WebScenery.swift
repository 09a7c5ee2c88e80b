import Foundation

/// The folder of the certificates and keys that the web configuration files of ``WebCase`` name.
///
/// The files stand in the same folder, and name them by relative paths.
struct WebScenery: Sendable {
    let folder: TemporaryFolder

    /// Makes all certificates by the openssl program.
    init() async throws {
        folder = try TemporaryFolder()
        let program = try RunningProgram("sh", ["-c", Self.script, "sh", folder.path])
        guard try await program.waitForEnd() == .exit(0) else {
            throw TestFailure("openssl made no certificates: \(program.errors)")
        }
    }

    /// An argument of curl in which `CERTIFICATES/` is the folder.
    func filled(_ text: String) -> String { text.replacing("CERTIFICATES", with: folder.path) }

    /// Writes the file of a case, and returns its path.
    func write(_ webCase: WebCase) throws -> String? {
        guard let file = webCase.file else { return nil }
        let path = folder["\(UUID().uuidString).yml"]
        let text = String(validating: file, as: UTF8.self)?.replacing(/INLINE\(([^)]*)\)/) { match in
            "\"" + folder.read(String(match.output.1)).replacing("\n", with: "\\n") + "\""
        }
        try Data(text.map { Array($0.utf8) } ?? file).write(to: URL(fileURLWithPath: path))
        return path
    }

    private static let script = """
        set -e
        cd "$1"
        curve="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        authority() { openssl req -x509 $curve -keyout $1.key -out $1.pem -days 2 -subj "/CN=$1"; }
        sign() {
            name=$1 issuer=$2; shift 2
            openssl req -x509 $curve -keyout $name.key -out $name.pem -CA $issuer.pem -CAkey $issuer.key \
                -days 2 -subj /CN=$name -addext basicConstraints=critical,CA:FALSE "$@"
        }
        authority ca
        authority other-ca
        address=subjectAltName=IP:127.0.0.1
        sign server ca -addext extendedKeyUsage=serverAuth -addext $address
        sign second other-ca -addext extendedKeyUsage=serverAuth -addext $address
        sign right ca -addext extendedKeyUsage=clientAuth -addext subjectAltName=DNS:scraper.example
        sign foreign other-ca -addext extendedKeyUsage=clientAuth
        sign unbound ca
        sign for-servers ca -addext extendedKeyUsage=serverAuth
        openssl req -x509 -newkey rsa:2048 -nodes -keyout rsa.key -out rsa.pem -CA ca.pem -CAkey ca.key -days 2 \
            -subj /CN=rsa -addext basicConstraints=critical,CA:FALSE -addext $address
        cat server.pem ca.pem > chain.pem
        openssl x509 -in server.pem -outform DER -out server.der
        openssl pkey -in server.key -aes128 -passout pass:x -out encrypted.key
        openssl ec -in server.key -out traditional.key
        openssl req $curve -keyout expired.key -out expired.csr -subj /CN=expired
        printf '%s\\n' '[ca]' default_ca=d '[d]' database=index serial=serial new_certs_dir=. default_md=sha256 \
            policy=p '[p]' commonName=supplied '[usage]' extendedKeyUsage=clientAuth,serverAuth > ca.cnf
        : > index
        echo 01 > serial
        openssl ca -batch -notext -config ca.cnf -cert ca.pem -keyfile ca.key -extensions usage \
            -startdate 20200101000000Z -enddate 20200201000000Z -in expired.csr -out expired.pem
        cat server.pem server.key > both.pem
        sed '3s/....$/AAAA/' server.pem > damaged.pem
        printf 'no certificate\\n' > text.pem
        mkdir directory
        """
}
