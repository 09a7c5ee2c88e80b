internal import CCurl
internal import MailStoreAPI

/// The proxy for the requests to one server, as the environment names it.
///
/// The variables are those of libcurl for https: `https_proxy`, else `all_proxy`, each also in capitals, and `no_proxy`
/// for the exceptions. They are read here and not by libcurl, so that an error can name the proxy and its variable.
package struct Proxy: Sendable, Equatable {
    /// The variable that names the proxy: `https_proxy`.
    package let variable: String
    /// The proxy without its login, with its port: `http://proxy.example.com:3128`; `nil` if the variable's value
    /// cannot be used.
    package let url: String?
    /// The login to the proxy itself, from the same variable.
    let login: Credentials?

    /// The proxy for the requests to a host; `nil` if they are sent directly.
    ///
    /// - Parameter host: A name or an address, IPv6 without brackets.
    package init?(for host: String, environment: [String: String]) {
        func first(_ names: String...) -> (name: String, value: String)? {
            names.lazy.compactMap { name in environment[name].map { (name, $0) } }.first { !$0.1.isEmpty }
        }
        guard let (variable, value) = first("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY") else { return nil }
        if let exceptions = first("no_proxy", "NO_PROXY"), ProxyExceptions(exceptions.value).contain(host) {
            return nil
        }
        self.init(variable: variable, value: value)
    }

    init(variable: String, value: String) {
        self.variable = variable
        let parts = Self.parts(of: value.contains("://") ? value : "http://" + value)
        url = parts?.url
        login = parts?.login
    }

    /// Whether the connection to the proxy itself is encrypted.
    var usesTLS: Bool { url?.hasPrefix("https:") == true }

    /// Whether it is an HTTP proxy, which is asked for a tunnel; otherwise it is a SOCKS proxy.
    var isHTTP: Bool { url?.hasPrefix("http") == true }

    /// The proxy for people: its address and the variable; never its login.
    var name: String { "the proxy \(url ?? "") (environment variable \(variable))" }

    private static func parts(of value: String) -> (url: String, login: Credentials?)? {
        guard let parsed = curl_url() else { return nil }
        defer { curl_url_cleanup(parsed) }
        // CURLU_NON_SUPPORT_SCHEME, which Swift does not import: for the schemes of SOCKS.
        guard curl_url_set(parsed, CURLUPART_URL, value, 1 << 3) == CURLUE_OK,
            let scheme = part(CURLUPART_SCHEME, of: parsed), let host = part(CURLUPART_HOST, of: parsed),
            ["http", "https", "socks4", "socks4a", "socks5", "socks5h"].contains(scheme)
        else { return nil }
        // The port that libcurl assumes.
        let port = part(CURLUPART_PORT, of: parsed) ?? (scheme == "https" ? "443" : "1080")
        let login = part(CURLUPART_USER, of: parsed).map {
            Credentials(username: $0, password: Secret(part(CURLUPART_PASSWORD, of: parsed) ?? ""))
        }
        return ("\(scheme)://\(host):\(port)", login)
    }

    private static func part(_ part: CURLUPart, of url: OpaquePointer) -> String? {
        // CURLU_URLDECODE, which Swift does not import.
        Endpoint.part(part, of: url, flags: 1 << 6)
    }
}
