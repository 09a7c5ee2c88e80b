import MailStoreAPI
import Testing

@testable import CurlTransport

@Suite("The choice of a proxy")
struct ProxyChoiceTests {
    @Test(
        "the variables have their order, and an empty one counts as none",
        arguments: [
            (["https_proxy": "http://a:1", "HTTPS_PROXY": "http://b:1", "all_proxy": "http://c:1"], "https_proxy"),
            (["HTTPS_PROXY": "http://b:1", "all_proxy": "http://c:1"], "HTTPS_PROXY"),
            (["https_proxy": "", "all_proxy": "http://c:1", "ALL_PROXY": "http://d:1"], "all_proxy"),
            (["ALL_PROXY": "http://d:1"], "ALL_PROXY"), (["http_proxy": "http://e:1"], nil),
            (["HTTP_PROXY": "http://e:1"], nil), ([:], nil), (["https_proxy": ""], nil),
        ] as [([String: String], String?)])
    func variables(environment: [String: String], variable: String?) {
        #expect(Proxy(for: "archive.example.com", environment: environment)?.variable == variable)
    }

    @Test(
        "the address has a port and never the login",
        arguments: [
            ("http://proxy.example.com:3128", "http://proxy.example.com:3128"),
            ("proxy.example.com:3128", "http://proxy.example.com:3128"), ("proxy", "http://proxy:1080"),
            ("http://user:planted@proxy:3128/", "http://proxy:3128"), ("user:planted@proxy:3128", "http://proxy:3128"),
            ("https://user:planted@proxy", "https://proxy:443"), ("socks5h://u:planted@[::1]:9", "socks5h://[::1]:9"),
            ("http://user:plan%40ted@proxy:1", "http://proxy:1"), ("ftp://proxy", nil), ("http://user:planted@", nil),
            ("http://planted:x y@proxy", nil), ("http://proxy:planted", nil),
        ])
    func address(value: String, url: String?) {
        let proxy = Proxy(variable: "https_proxy", value: value)
        #expect(proxy.url == url)
        #expect(!"\(proxy)".contains("planted"))
        #expect(!proxy.name.contains("planted"))
    }

    @Test("the login to the proxy is decoded")
    func login() {
        let proxy = Proxy(variable: "https_proxy", value: "http://us%65r:p%40ss%3A@proxy:1")
        #expect(proxy.login == Credentials(username: "user", password: Secret("p@ss:")))
        #expect(Proxy(variable: "https_proxy", value: "http://proxy:1").login == nil)
    }

    @Test(
        "hosts in no_proxy are reached directly",
        arguments: [
            ("archive.example.com", "archive.example.com"), ("archive.example.com", "example.com"),
            ("archive.example.com", ".example.com"), ("archive.example.com.", "example.com"),
            ("ARCHIVE.example.com", "other, Example.COM"), ("archive", "a b\tarchive,c"), ("archive", "*"),
            ("archive", "other,*"), ("192.0.2.7", "192.0.2.7"), ("192.0.2.7", "192.0.2.0/24"),
            ("192.0.2.7", "192.0.2.6/31"), ("192.0.2.7", "0.0.0.0/0"), ("2001:db8::7", "2001:db8::/32"),
            ("2001:db8::7", "2001:DB8:0::7"), ("2001:db8::7", "[2001:db8::7]"), ("fe80::1%eth0", "fe80::/10"),
        ])
    func exceptions(host: String, list: String) {
        let environment = ["https_proxy": "http://proxy:1", "no_proxy": list]
        #expect(Proxy(for: host, environment: environment) == nil)
        #expect(Proxy(for: host, environment: ["ALL_PROXY": "http://proxy:1", "NO_PROXY": list]) == nil)
    }

    @Test(
        "hosts that no entry of no_proxy covers are reached through the proxy",
        arguments: [
            ("archive.example.com", "hive.example.com"), ("example.com", "archive.example.com"), ("archive", ""),
            ("archive.example.com", ".,,"), ("192.0.2.7", "192.0.2.8"), ("192.0.2.7", "192.0.2.8/31"),
            ("192.0.2.7", "192.0.2.0/33"), ("192.0.2.7", "192.0.2.0/x"), ("192.0.2.7", "2.7"), ("192.0.2.7", "::/0"),
            ("2001:db8::7", "2001:db9::/32"),
        ])
    func noExceptions(host: String, list: String) {
        let environment = ["https_proxy": "http://proxy:1", "no_proxy": list]
        #expect(Proxy(for: host, environment: environment) != nil)
    }
}
