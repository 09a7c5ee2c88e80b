import CurlTransport
import Glibc
import MailStoreAPI

/// A server, an engine and a transport that trusts the server's certificate.
struct Setup {
    let folder: TemporaryFolder
    let server: TestServer
    let engine = CurlEngine()
    let transport: CurlTransport

    init(_ change: (inout CurlOptions) -> Void = { _ in }) throws {
        let certificate = try TestCertificate()
        folder = try TemporaryFolder()
        server = try TestServer(certificate: certificate)
        var options = CurlOptions(
            baseURL: server.url, caFile: try folder.write(certificate.pem, to: "ca.pem"), userAgent: "tests/1")
        change(&options)
        transport = CurlTransport(engine: engine, options: options)
    }

    /// Sends and expects a reply.
    func send(_ path: String, body: String = "", timeout: Duration = .seconds(20)) async throws -> HTTPResponse {
        try await transport.send(
            HTTPRequest(path: path, body: Array(body.utf8), credentials: .test, timeout: timeout))
    }

    /// Sends and expects an error.
    func failure(_ path: String, timeout: Duration = .seconds(20)) async throws -> TransportError {
        try await transport.failure(path, timeout: timeout)
    }
}

extension Credentials {
    static let test = Credentials(username: "admin", password: Secret("pa:ss wörd"))
}

extension CurlTransport {
    /// Sends with a login and expects an error.
    func failure(_ path: String = "/status/200", timeout: Duration = .seconds(20)) async throws -> TransportError {
        let reply: HTTPResponse
        do throws(TransportError) {
            reply = try await send(HTTPRequest(path: path, credentials: .test, timeout: timeout))
        } catch {
            return error
        }
        throw TestFailure("there was a reply with status \(reply.status)")
    }
}

extension HTTPResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
}

/// A port on which nothing listens: taken and given back at once.
func closedPort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
            bind(descriptor, pointer, length) == 0 ? getsockname(descriptor, pointer, &length) : -1
        }
    }
    guard status == 0 else { throw TestFailure("no free port") }
    return Int(UInt16(bigEndian: address.sin_port))
}

/// Runs a program to its successful end.
func run(_ words: String...) throws {
    let arguments: [UnsafeMutablePointer<CChar>?] = words.map { word in strdup(word) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    var status: Int32 = 0
    guard posix_spawnp(&process, words[0], nil, nil, arguments, environ) == 0,
        waitpid(process, &status, 0) == process, status == 0
    else { throw TestFailure("\(words[0]) failed") }
}
