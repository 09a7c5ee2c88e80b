import Foundation
import Testing

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

/// Makes one scenery for all tests of a suite, which goes with the last of them.
struct WithWebScenery: SuiteTrait, TestScoping {
    @TaskLocal private static var made: WebScenery?

    static var scenery: WebScenery {
        get throws { try #require(made) }
    }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let scenery = try await WebScenery()
        try await Self.$made.withValue(scenery) { try await function() }
    }
}

/// A program that takes the shared web configuration file.
enum WebProgram: String, CaseIterable {
    case nodeExporter = "node_exporter"
    case exporter = "mailstore_exporter"

    /// Starts the program on a file, has the clients of a case make their requests, and ends it.
    ///
    /// - Returns: The verdicts by the names of the clients; that of the start is under ``start``.
    func verdicts(on webCase: WebCase, _ file: String?, in scenery: WebScenery) async throws -> [String: String] {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let program = try launch(file, folder)
        var verdicts = [Self.start: WebVerdict.refusesToStart]
        if let address = try await address(of: program) {
            for client in webCase.clients {
                verdicts[client.name] = try await WebVerdict.ask(
                    "\(webCase.scheme)://\(address)/metrics", client, in: scenery)
            }
            // What listens may still find that it cannot serve; it ends within its first moments then.
            if try await !endsByItself(program, webCase) {
                verdicts[Self.start] = WebVerdict.starts
                try await program.kill()
                return verdicts
            }
        }
        guard case .exit(let code) = try await program.waitForEnd(), code != 0 else {
            throw TestFailure("\(rawValue) ended as if all were well:\n\(program.errors)")
        }
        return [Self.start: WebVerdict.refusesToStart]
    }

    static let start = "the start"

    private func launch(_ file: String?, _ folder: TemporaryFolder) throws -> RunningProgram {
        let arguments = ["--web.listen-address=127.0.0.1:0"] + (file.map { ["--web.config.file=\($0)"] } ?? [])
        switch self {
        case .nodeExporter:
            return try RunningProgram("prometheus-node-exporter", ["--collector.disable-defaults"] + arguments)
        case .exporter:
            // Nothing listens at port 1; whether a server is reached has no part in this.
            let target = ["--mailstore.url", "https://127.0.0.1:1", "--mailstore.username", "admin"]
            return try Exporter.launch(
                target + ["--state.directory", folder["state"]] + arguments,
                environment: ["MAILSTORE_PASSWORD": "unused"])
        }
    }

    /// Where the program listens; `nil` where it ends instead.
    private func address(of program: RunningProgram) async throws -> String? {
        var found: String?
        try await eventually("\(rawValue) listens or ends") {
            // The last line may still be under way.
            let lines = program.errors.components(separatedBy: "\n").dropLast()
            // node_exporter says where it listens before it has looked at the file, and this line after it.
            if self == .exporter || lines.contains(where: { $0.contains("msg=\"TLS is ") }) {
                found = lines.firstNonNil { line in
                    line.firstMatch(of: /msg="?[Ll]istening.* address="?(127\.0\.0\.1:\d+)/).map { String($0.output.1) }
                }
            }
            if found != nil { return true }
            return await program.ending() != nil
        }
        return found
    }

    private func endsByItself(_ program: RunningProgram, _ webCase: WebCase) async throws -> Bool {
        guard webCase.starts == false else { return await program.ending() != nil }
        // It must end; if it does not within these tries, it has started.
        for _ in 0..<50 {
            if await program.ending() != nil { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }
}

extension Sequence {
    fileprivate func firstNonNil<Result>(_ transform: (Element) -> Result?) -> Result? {
        for element in self {
            if let result = transform(element) { return result }
        }
        return nil
    }
}
