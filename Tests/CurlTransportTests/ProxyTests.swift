import MailStoreAPI
import Testing

@testable import CurlTransport

@Suite("Requests through a proxy")
struct ProxyTests {
    private let login = "pxuser:planted-proxy-password"

    /// A server and a transport that reaches it through the proxy at this address.
    private func setup(proxy address: String, timeout: Duration = .seconds(10)) throws -> Setup {
        try Setup {
            $0.proxy = Proxy(variable: "https_proxy", value: address)
            $0.connectTimeout = timeout
        }
    }

    @Test("a tunnel carries the requests, and the proxy learns neither the login to MailStore nor the request")
    func tunnel() async throws {
        let proxy = try TestServer(.proxy)
        let setup = try setup(proxy: "http://\(login)@127.0.0.1:\(proxy.port)")
        for _ in 0..<3 { #expect(try await setup.send("/status/200", body: "a=b").status == 200) }
        let requests = try proxy.proxyRequests()
        #expect(requests.count == 1)
        #expect(requests[0].hasPrefix("CONNECT 127.0.0.1:\(setup.server.port) "))
        // The login to the proxy alone: the base64 of pxuser:planted-proxy-password.
        #expect(requests[0].contains("Proxy-Authorization: Basic cHh1c2VyOnBsYW50ZWQtcHJveHktcGFzc3dvcmQ="))
        #expect(!requests[0].contains(" Authorization:"))
        #expect(!requests[0].contains("status"))
    }

    @Test(
        "a proxy that does not connect is named with its variable, and not its password",
        arguments: [
            ("HTTP/1.1 407 Proxy Authentication Required", "requires a login (407)"),
            ("HTTP/1.1 403 Forbidden", "does not permit this connection (403)"),
            ("HTTP/1.1 404 Not Found", "HTTP status 404"), ("HTTP/1.1 500 Error", "HTTP status 500"),
            ("HTTP/1.1 502 Bad Gateway", "HTTP status 502"), ("HTTP/1.1 503 Service Unavailable", "HTTP status 503"),
            ("HTTP/1.1 302 Found", "HTTP status 302"), ("close", "the proxy http://"), ("garbage", "the proxy http://"),
        ])
    func refused(answer: String, cause: String) async throws {
        let proxy = try TestServer(.proxy, tunnel: answer)
        let setup = try setup(proxy: "http://\(login)@127.0.0.1:\(proxy.port)")
        let error = try await setup.failure("/status/200")
        #expect(error.kind == .connect)
        #expect(error.description.contains(cause))
        check(error, names: "http://127.0.0.1:\(proxy.port)")
        #expect(try setup.server.connections() == 0)
    }

    @Test("a proxy that is not there is named")
    func closedPort() async throws {
        let port = try CurlTransportTests.closedPort()
        for scheme in ["http", "https", "socks5", "socks5h"] {
            let error = try await setup(proxy: "\(scheme)://\(login)@127.0.0.1:\(port)").failure("/status/200")
            #expect(error.kind == .connect, "\(scheme)")
            #expect(error.description.contains("the proxy refuses connections"), "\(scheme)")
            check(error, names: "\(scheme)://127.0.0.1:\(port)")
        }
    }

    @Test("a proxy whose name does not resolve is named")
    func unknownName() async throws {
        let error = try await setup(proxy: "http://\(login)@no-such-proxy.invalid:3128").failure("/status/200")
        #expect(error.kind == .dns)
        #expect(error.description.contains("the proxy's name does not resolve"))
        check(error, names: "http://no-such-proxy.invalid:3128")
    }

    @Test("a proxy that does not answer is named")
    func hanging() async throws {
        let proxy = try TestServer(.proxy, tunnel: "hang")
        let address = "http://\(login)@127.0.0.1:\(proxy.port)"
        let error = try await setup(proxy: address, timeout: .milliseconds(300)).failure("/status/200")
        #expect(error.kind == .timeout)
        check(error, names: "http://127.0.0.1:\(proxy.port)")
    }

    @Test("the certificate of a proxy is not taken for MailStore's")
    func untrustedProxy() async throws {
        let proxy = try TestServer(.tlsProxy, certificate: try TestCertificate())
        let setup = try setup(proxy: "https://\(login)@127.0.0.1:\(proxy.port)")
        let error = try await setup.failure("/status/200")
        #expect(error.kind == .connect)
        #expect(error.certificate == nil)
        check(error, names: "https://127.0.0.1:\(proxy.port)")
        #expect(try proxy.proxyRequests().isEmpty)
    }

    @Test("a value that is no address of a proxy fails the call, without the value")
    func unusable() async throws {
        let error = try await setup(proxy: "ftp://\(login)@proxy").failure("/status/200")
        #expect(error.kind == .connect)
        #expect(error.description.contains("The environment variable https_proxy does not name a proxy"))
        #expect(!error.description.contains("planted"))
    }

    @Test("behind a tunnel, MailStore's certificate is MailStore's, and it is read through the proxy too")
    func certificate() async throws {
        let proxy = try TestServer(.proxy)
        let setup = try Setup {
            $0.proxy = Proxy(variable: "https_proxy", value: "http://127.0.0.1:\(proxy.port)")
            $0.caFile = nil
        }
        let error = try await setup.failure("/status/200")
        #expect(error.kind == .tls)
        #expect(error.certificate?.subject == "CN=archive,O=Test")
        #expect(!error.description.contains("https_proxy"))
        #expect(try proxy.proxyRequests().count == 2)
    }

    private func check(_ error: TransportError, names address: String) {
        #expect(error.description.contains("the proxy \(address) (environment variable https_proxy)"))
        #expect(error.description.contains("no_proxy"))
        #expect(!error.description.contains("planted"))
        #expect(!error.description.contains("Administration API enabled"))
    }
}
