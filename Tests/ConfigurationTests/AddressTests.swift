import Testing

@testable import Configuration
@testable import PlainText

@Suite("Addresses and URLs")
struct AddressTests {
    @Test(
        "a listen address has a host and a port",
        arguments: [
            ("127.0.0.1:9463", "127.0.0.1", 9463), ("[::1]:9463", "::1", 9463), (":9463", "", 9463),
            ("localhost:0", "localhost", 0), ("[fe80::1]:65535", "fe80::1", 65535),
            ("[fe80::1%lo]:9463", "fe80::1%lo", 9463), ("[fe80::1%br-0.1]:1", "fe80::1%br-0.1", 1),
        ])
    func listenAddress(text: String, host: String, port: Int) throws {
        let address = try ListenAddress(parsing: text)
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.description == text)
    }

    @Test(
        "the percent sign before a zone may be escaped, as in a URL", arguments: ["[fe80::1%25lo]:1", "[fe80::1%lo]:1"])
    func zone(text: String) throws {
        #expect(try ListenAddress(parsing: text).host == "fe80::1%lo")
        let url = try ServerURL(parsing: "https://\(text)")
        #expect(url.host == "fe80::1%lo")
        #expect(url.description == "https://[fe80::1%25lo]:1")
        #expect(try ServerURL(parsing: url.description) == url)
    }

    @Test(
        "a wrong listen address says what is wrong",
        arguments: [
            ("9463", "\"9463\" has no port; write 127.0.0.1:9463, or :9463 for every address"),
            ("", "\"\" has no port; write 127.0.0.1:9463, or :9463 for every address"),
            ("localhost:", "\"\" is not a port; write a number from 0 to 65535"),
            ("localhost:65536", "\"65536\" is not a port; write a number from 0 to 65535"),
            ("localhost:-1", "\"-1\" is not a port; write a number from 0 to 65535"),
            ("localhost:http", "\"http\" is not a port; write a number from 0 to 65535"),
            ("::1:9463", "an IPv6 address needs brackets, such as [::1]"),
            ("[::1:9463", "\"[::1\" is not an IPv6 address in brackets, such as [::1]"),
            ("[fe80::1%]:1", "\"[fe80::1%]\" is not an IPv6 address in brackets, such as [::1]"),
            ("[fe80::1%a/b]:1", "\"[fe80::1%a/b]\" is not an IPv6 address in brackets, such as [::1]"),
            ("[127.0.0.1%lo]:1", "\"[127.0.0.1%lo]\" is not an IPv6 address in brackets, such as [::1]"),
            ("[127.0.0.1]:1", "\"[127.0.0.1]\" is not an IPv6 address in brackets, such as [::1]"),
            (
                "256.1.1.1:1",
                "\"256.1.1.1\" is neither an IP address nor a host name in ASCII, such as mailstore.example.com"
            ),
            ("a b:1", "\"a b\" is neither an IP address nor a host name in ASCII, such as mailstore.example.com"),
            ("-a:1", "\"-a\" is neither an IP address nor a host name in ASCII, such as mailstore.example.com"),
        ])
    func wrongListenAddress(text: String, message: String) {
        #expect(throws: InvalidValue(message)) { try ListenAddress(parsing: text) }
    }

    @Test(
        "a URL is completed and normalised",
        arguments: [
            ("https://mail.example.com", "https://mail.example.com:8463"),
            ("https://mail.example.com:8474/", "https://mail.example.com:8474"),
            ("HTTPS://mail", "https://mail:8463"), ("https://10.0.0.1:443", "https://10.0.0.1:443"),
            ("https://[2001:db8::1]", "https://[2001:db8::1]:8463"),
            ("https://[2001:db8::1]:1", "https://[2001:db8::1]:1"),
            ("https://proxy:443/archive/one//", "https://proxy:443/archive/one"),
        ])
    func url(text: String, normal: String) throws {
        #expect(try ServerURL(parsing: text).description == normal)
    }

    @Test(
        "a wrong URL says what to write",
        arguments: [
            ("", "is empty; write https://mailstore.example.com:8463"),
            (
                "http://mail:8462",
                "plain http cannot be used: the Administration API only supports TLS; write \"https://mail:8462\""
            ),
            ("mail:8463", "\"mail:8463\" has no scheme; write \"https://mail:8463\""),
            ("ftp://mail", "\"ftp://mail\" is not an https URL; write https://mailstore.example.com:8463"),
            ("https://", "has no host; write https://mailstore.example.com:8463"),
            ("https:///x", "has no host; write https://mailstore.example.com:8463"),
            ("https://mail:0", "\"0\" is not a port; write a number from 1 to 65535"),
            ("https://u:hunter2@mail", "contains a user name or a password; set them with their own keys or flags"),
            (
                "https://mail/?password=hunter2",
                "has a query or a fragment; end the URL with the port: https://mailstore.example.com:8463"
            ),
            (
                "https://mail/#x",
                "has a query or a fragment; end the URL with the port: https://mailstore.example.com:8463"
            ),
            ("https://2001:db8::1", "an IPv6 address needs brackets, such as [::1]"),
            (
                "https://müller.de",
                "\"müller.de\" is neither an IP address nor a host name in ASCII, such as mailstore.example.com"
            ),
            (
                "https://proxy/archive/one/",
                "has a path, but no port; write the port of the reverse proxy, such as https://proxy:443/archive/one, or "
                    + "8463 for MailStore itself"
            ),
            ("https://mail/api/", "remove the path \"/api\": the exporter adds /api itself"),
            ("https://mail/api/invoke", "remove the path \"/api/invoke\": the exporter adds /api itself"),
            ("https://mail/a b", "the path \"/a b\" cannot be used; the URL usually ends with the port"),
            ("https://mail/a/../b", "the path \"/a/../b\" cannot be used; the URL usually ends with the port"),
        ])
    func wrongURL(text: String, message: String) {
        #expect(throws: InvalidValue(message)) { try ServerURL(parsing: text) }
    }
}
