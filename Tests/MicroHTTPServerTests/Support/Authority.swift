import Glibc
import MicroHTTPServer
import Testing

/// A certification authority with a server's certificate and those of several clients, made by the openssl program.
struct Authority {
    enum Client: String, CaseIterable, Sendable {
        /// Signed by the authority, for clients, with a name of every kind.
        case good
        /// Signed by the authority, without a word on names and usage.
        case plain
        /// Signed by another authority of the same name.
        case foreign
        case selfSigned
        case expired
        /// Signed by the authority, for servers only.
        case ofServer
    }

    /// The folder of `NAME.pem` and `NAME.key`.
    let folder: String
    let identity: TLSIdentity
    let certificatePEM: String

    func certificate(_ client: Client) -> String { "\(folder)/\(client.rawValue).pem" }
    func key(_ client: Client) -> String { "\(folder)/\(client.rawValue).key" }

    /// Runs code with an authority whose files are removed after it.
    static func with(_ body: (Authority) async throws -> Void) async throws {
        let made = try await Program.run("sh", "-c", script)
        let folder = made.text.split(separator: "\n").first.map { String($0) } ?? ""
        try #require(made.exitCode == 0)
        do {
            let server = try await read(folder, "server.pem")
            try await body(
                Authority(
                    folder: folder,
                    identity: TLSIdentity(
                        certificatePEM: server, privateKeyPEM: try await read(folder, "server.key")),
                    certificatePEM: try await read(folder, "ca.pem")))
        } catch {
            _ = try await Program.run("rm", "-r", folder)
            throw error
        }
        _ = try await Program.run("rm", "-r", folder)
    }

    private static func read(_ folder: String, _ name: String) async throws -> String {
        let output = try await Program.run("cat", "\(folder)/\(name)")
        try #require(output.exitCode == 0)
        return output.text
    }

    private static let script = """
        set -e
        folder=$(mktemp -d /tmp/authority-XXXXXX)
        echo $folder
        cd $folder
        new="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        openssl req -x509 $new -keyout ca.key -out ca.pem -days 2 -subj /CN=authority
        openssl req -x509 $new -keyout other.key -out other.pem -days 2 -subj /CN=authority
        sign() {
            name=$1 authority=$2; shift 2
            openssl req -x509 $new -keyout $name.key -out $name.pem -CA $authority.pem -CAkey $authority.key \
                -days 2 -subj /CN=$name -addext basicConstraints=critical,CA:FALSE "$@"
        }
        usage=extendedKeyUsage=clientAuth
        sign server ca -addext extendedKeyUsage=serverAuth -addext subjectAltName=DNS:localhost,IP:127.0.0.1
        sign good ca -addext $usage -addext \
            subjectAltName=DNS:scraper.example,IP:192.0.2.7,IP:2001:db8::7,email:ops@example.org,URI:spiffe://example/s
        sign plain ca
        sign foreign other -addext $usage
        sign ofServer ca -addext extendedKeyUsage=serverAuth
        openssl req -x509 $new -keyout selfSigned.key -out selfSigned.pem -days 2 -subj /CN=self -addext $usage
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
