internal import CCurl
internal import Glibc
internal import MailStoreAPI
internal import OperatingSystem

/// The failures between this machine and the server that a proxy causes: they name the proxy, not MailStore.
extension CurlFailure {
    /// Whether the proxy did not connect this machine to the server.
    var failedAtProxy: Bool {
        guard let proxy = endpoint.proxy, !reusedConnection || phase < .handshaking else { return false }
        guard proxy.isHTTP else { return phase < .handshaking }
        return !(200..<300).contains(tunnelStatus)
    }

    /// The problem with the proxy and the remedy, without its login; `nil` if the failure is not the proxy's.
    var atProxy: String? {
        guard failedAtProxy, let proxy = endpoint.proxy else { return nil }
        guard proxy.url != nil else {
            return "The environment variable \(proxy.variable) does not name a proxy for \(address): write it as "
                + "http://proxy.example.com:3128, with special characters of a login percent-encoded."
        }
        return "No connection to \(address) through \(proxy.name): \(cause). \(remedy) If \(endpoint.host) can be "
            + "reached without the proxy, add it to no_proxy."
    }

    private var cause: String {
        switch code {
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_RESOLVE_HOST: "the proxy's name does not resolve"
        case CURLE_OPERATION_TIMEDOUT: "timed out after \(elapsed.secondsText)"
        case CURLE_COULDNT_CONNECT where systemError == ECONNREFUSED: "the proxy refuses connections"
        case CURLE_COULDNT_CONNECT where systemError != 0:
            "the proxy cannot be reached (\(String(cString: strerror(systemError))))"
        case _ where tunnelStatus == 407: "the proxy requires a login (407)"
        case _ where tunnelStatus == 403: "the proxy does not permit this connection (403)"
        case _ where tunnelStatus != 0: "the proxy answered with HTTP status \(tunnelStatus)"
        default: "\(String(cString: curl_easy_strerror(code)))\(reason)"
        }
    }

    private var remedy: String {
        let variable = endpoint.proxy?.variable ?? ""
        return switch code {
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_RESOLVE_HOST: "Check \(variable) and this machine's DNS."
        case _ where tunnelStatus == 407:
            "Write its login into \(variable) as http://user:password@host:port, with special characters "
                + "percent-encoded."
        case _ where tunnelStatus == 403: "Ask for permission to connect to \(address), or correct \(variable)."
        case _ where tunnelStatus >= 500:
            "It reports that it cannot connect to \(address): check that the proxy resolves and reaches that address."
        default: "Check \(variable), and whether that is a proxy which connects to port \(endpoint.port)."
        }
    }
}
