package import MailStoreAPI

/// Carries requests to one MailStore server over libcurl.
///
/// Connections and TLS sessions are kept alive between requests. Certificates are never shared between transports that
/// trust differently, even where they talk to the same server.
///
/// ```swift
/// let engine = CurlEngine()
/// let transport = CurlTransport(engine: engine, options: CurlOptions(baseURL: "https://archive.example.com:8463"))
/// let reply = try await transport.send(
///     HTTPRequest(path: "/api/invoke/GetServerInfo", credentials: nil, timeout: .seconds(30)))
/// print(reply.status)  // 401
/// ```
package final class CurlTransport: HTTPTransport {
    private let engine: CurlEngine
    private let destination: Destination

    /// Makes a transport; nothing is opened and no file is read before the first request.
    package init(engine: CurlEngine, options: CurlOptions) {
        self.engine = engine
        self.destination = Destination(id: engine.mailbox.nextDestination(), options: options)
    }

    deinit {
        engine.mailbox.post(.retire(destination.id))
    }

    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let transfer = Transfer(destination: destination, request: request)
        let mailbox = engine.mailbox
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let reply = Reply(continuation: continuation)
                if !mailbox.post(.begin(transfer, reply)) {
                    reply.resolve(.failure(.cancelled(transfer.destination)))
                }
            }
        } onCancel: {
            transfer.markCancelled()
            mailbox.post(.cancel(transfer))
        }
        return try result.get()
    }
}
