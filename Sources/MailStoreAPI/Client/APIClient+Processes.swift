/// Calls by name, and the processes they may start: for verifications and for commands that people give.
extension APIClient {
    /// Calls a function once and returns the whole reply of the server, failed calls included.
    ///
    /// The request is sent once at most: it may start something that must not be started twice.
    ///
    /// - Throws: ``APIError`` where no reply of MailStore's came.
    package func send(
        _ function: String, _ arguments: [FormField], wantsHeaders: Bool = false, by deadline: Deadline
    ) async throws(APIError) -> (envelope: Envelope, response: HTTPResponse) {
        try await envelope(
            of: function, path: "/api/invoke/" + function, arguments, isRepeatable: false, wantsHeaders: wantsHeaders,
            by: deadline)
    }

    /// Asks how a process is doing; the server holds the request until there is news.
    ///
    /// An error structure in the reply is the process's own failure, so it is returned, not thrown.
    package func status(of process: LongRunningProcess, by deadline: Deadline) async throws(APIError) -> Envelope {
        try await envelope(
            of: ServiceCall.getStatus.rawValue, path: "/api/get-status",
            process.statusQuery(within: deadline.remaining), isRepeatable: true, wantsHeaders: false,
            allowsLargeReply: true, by: deadline
        ).envelope
    }

    /// Asks the server to cancel a process; that may take a while, so the process is to be watched on to its end.
    package func cancel(_ token: String, by deadline: Deadline) async throws(APIError) {
        let reply = try await envelope(
            of: ServiceCall.cancelAsync.rawValue, path: "/api/cancel-async", [FormField("token", token)],
            isRepeatable: true, wantsHeaders: false, by: deadline
        ).envelope
        if let structure = reply.error { throw APIError(structure, function: ServiceCall.cancelAsync.rawValue) }
    }

    /// The life of a process from now on.
    package func events(of process: LongRunningProcess) -> ProcessEvents {
        ProcessEvents(of: process, api: self)
    }

    private func envelope(
        of function: String, path: String, _ arguments: [FormField], isRepeatable: Bool, wantsHeaders: Bool,
        allowsLargeReply: Bool = false, by deadline: Deadline
    ) async throws(APIError) -> (envelope: Envelope, response: HTTPResponse) {
        var request = HTTPRequest(
            path: path, body: FormField.encode(arguments), credentials: nil, timeout: deadline.remaining)
        request.isRepeatable = isRepeatable
        request.wantsHeaders = wantsHeaders
        request.allowsLargeReply = allowsLargeReply
        let reply = try await exchangeWithLogin(function, request, by: deadline) { (response) throws(APIError) in
            do throws(JSONError) {
                return (try Envelope(reply: response.body), response)
            } catch {
                throw APIError(error, function: function, contentType: response.contentType, body: response.body)
            }
        }
        if let structure = reply.0.error { _ = failed(APIError(structure, function: function)) }
        return reply
    }
}
