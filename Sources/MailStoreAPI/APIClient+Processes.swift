/// Calls by name and the processes that they may start, for verifications and commands.
extension APIClient {
    /// Calls a function once and returns the server's whole reply, even if the call failed on the server.
    ///
    /// The request is sent at most once, because it may start something that must not be started twice.
    ///
    /// - Throws: ``APIError`` if MailStore sent no reply.
    package func send(
        _ function: String, _ arguments: [FormField], wantsHeaders: Bool = false, by deadline: Deadline
    ) async throws(APIError) -> (envelope: APIReply, response: HTTPResponse) {
        try await envelope(
            of: function, path: "/api/invoke/" + function, scope + arguments, isRepeatable: false,
            wantsHeaders: wantsHeaders,
            by: deadline)
    }

    /// The status of a process; the server holds the request until the status changes.
    ///
    /// An error structure in the reply is the failure of the process, so it is returned, not thrown.
    package func status(of process: LongRunningProcess, by deadline: Deadline) async throws(APIError) -> APIReply {
        try await envelope(
            of: ServiceCall.getStatus.rawValue, path: "/api/get-status",
            process.statusQuery(within: deadline.remaining), isRepeatable: true, wantsHeaders: false,
            allowsLargeReply: true, by: deadline
        ).envelope
    }

    /// Asks the server to cancel a process; this may take a while, so keep polling until the process has ended.
    package func cancel(_ token: String, by deadline: Deadline) async throws(APIError) {
        let reply = try await envelope(
            of: ServiceCall.cancelAsync.rawValue, path: "/api/cancel-async", [FormField("token", token)],
            isRepeatable: true, wantsHeaders: false, by: deadline
        ).envelope
        if let structure = reply.error { throw APIError(structure, function: ServiceCall.cancelAsync.rawValue) }
    }

    /// The events of a process from now on.
    package func events(of process: LongRunningProcess) -> ProcessEvents {
        ProcessEvents(of: process, api: self)
    }

    private func envelope(
        of function: String, path: String, _ arguments: [FormField], isRepeatable: Bool, wantsHeaders: Bool,
        allowsLargeReply: Bool = false, by deadline: Deadline
    ) async throws(APIError) -> (envelope: APIReply, response: HTTPResponse) {
        var request = HTTPRequest(
            path: path, body: FormField.encode(arguments), credentials: nil, timeout: deadline.remaining)
        request.isRepeatable = isRepeatable
        request.wantsHeaders = wantsHeaders
        request.allowsLargeReply = allowsLargeReply
        let reply = try await exchangeWithLogin(function, request, by: deadline) { (response, login) throws(APIError) in
            let reply = try Self.read(response, of: function, as: APIReply.init(reply:)).withoutLogin(login)
            return (reply, response.withoutLogin(login))
        }
        if let structure = reply.0.error { _ = failed(APIError(structure, function: function)) }
        return reply
    }
}
