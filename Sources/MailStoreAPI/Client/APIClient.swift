package import OperatingSystem

/// Calls the Administration API of one server and turns every way to fail into an ``APIError``.
package struct APIClient: Sendable {
    private let transport: any HTTPTransport
    private let login: any LoginProvider
    private let limiter: CallLimiter
    private let observer: any CallObserver
    let clock: Clock

    package init(
        transport: any HTTPTransport, login: any LoginProvider, limiter: CallLimiter, observer: any CallObserver,
        clock: Clock = .system
    ) {
        self.transport = transport
        self.login = login
        self.limiter = limiter
        self.observer = observer
        self.clock = clock
    }

    /// Asks which functions the server offers.
    ///
    /// A Server answers without a login (`mailstore-api.md`, section 1), so none is sent: an answer shows that the
    /// server is up, not that the password is right.
    package func metadata(by deadline: Deadline) async throws(APIError) -> [FunctionMetadata] {
        let function = ServiceCall.getMetadata.rawValue
        return try await exchange(
            function, HTTPRequest(path: "/api/get-metadata", credentials: nil, timeout: deadline.remaining),
            by: deadline
        ) { (response) throws(APIError) in
            do throws(JSONError) {
                return try [FunctionMetadata](json: response.body)
            } catch {
                throw APIError(error, function: function, contentType: response.contentType, body: response.body)
            }
        }
    }

    /// Calls a function and reads its result; a call that goes on on the server is followed to its end.
    package func invoke<Value: JSONDecodable>(
        _ function: InformationalFunction, _ arguments: [FormField] = [], as type: Value.Type, by deadline: Deadline
    ) async throws(APIError) -> Value {
        let name = function.rawValue
        var envelope = try await call(name, path: "/api/invoke/" + name, arguments, by: deadline)
        var process: LongRunningProcess?
        do throws(JSONError) {
            process = try LongRunningProcess(envelope)
        } catch {
            throw failed(APIError(error, function: name, body: envelope.body))
        }
        if var process { envelope = try await follow(&process, of: name, by: deadline) }
        guard envelope.statusCode == .succeeded else {
            let state = String(envelope.statusCode.rawValue.unicodeScalars.prefix(64))
            throw failed(APIError(.apiError, function: name, description: "\(name) ended in the state “\(state)”"))
        }
        do throws(JSONError) {
            return try envelope.result(as: type)
        } catch {
            throw failed(APIError(error, function: name, body: envelope.body))
        }
    }

    /// Tells the observer of a failure that no single request shows.
    func failed(_ error: APIError) -> APIError {
        observer.callFailed(error)
        return error
    }

    private func follow(
        _ process: inout LongRunningProcess, of function: String, by deadline: Deadline
    ) async throws(APIError) -> Envelope {
        while true {
            guard deadline.remaining > .zero else {
                throw failed(
                    APIError(
                        .timeout, function: function,
                        description: "\(function) still runs on the server; its result was not waited for any longer"))
            }
            let start = clock.uptime()
            let reply = try await call(
                ServiceCall.getStatus.rawValue, path: "/api/get-status",
                process.statusQuery(within: deadline.remaining), by: deadline)
            switch process.received(reply, after: clock.uptime() - start) {
            case .ended(let end):
                return end
            case .poll(let pause):
                guard pause > .zero else { continue }
                do {
                    try await clock.sleep(min(pause, deadline.remaining))
                } catch {
                    throw APIError(.cancelled, function: function, description: "\(function) was cancelled")
                }
            }
        }
    }

    private func call(
        _ function: String, path: String, _ arguments: [FormField], by deadline: Deadline
    ) async throws(APIError) -> Envelope {
        let request = HTTPRequest(
            path: path, body: FormField.encode(arguments), credentials: nil, timeout: deadline.remaining)
        return try await exchangeWithLogin(function, request, by: deadline) { (response) throws(APIError) in
            try Self.envelope(of: response, function: function)
        }
    }

    private static func envelope(of response: HTTPResponse, function: String) throws(APIError) -> Envelope {
        let envelope: Envelope
        do throws(JSONError) {
            envelope = try Envelope(reply: response.body)
        } catch {
            throw APIError(error, function: function, contentType: response.contentType, body: response.body)
        }
        if let structure = envelope.error { throw APIError(structure, function: function) }
        return envelope
    }

    /// Sends one request when there is room for it, reads the reply by `read`, and tells the observer how it went.
    private func exchange<Value: Sendable>(
        _ function: String, _ request: HTTPRequest, by deadline: Deadline,
        _ read: @Sendable (HTTPResponse) throws(APIError) -> Value
    ) async throws(APIError) -> Value {
        try await withSlot(for: function) { () throws(APIError) in
            try await observe(function, request, by: deadline, read)
        }
    }

    /// As ``exchange``, with the login.
    ///
    /// The login is asked for when there is room, so that a call which waited does not send one that was refused
    /// meanwhile: each would count towards locking the account.
    func exchangeWithLogin<Value: Sendable>(
        _ function: String, _ request: HTTPRequest, by deadline: Deadline,
        _ read: @Sendable (HTTPResponse) throws(APIError) -> Value
    ) async throws(APIError) -> Value {
        try await withSlot(for: function) { () throws(APIError) in
            let credentials = try await login.credentials(for: function, by: deadline)
            var request = request
            request.credentials = credentials
            do throws(APIError) {
                let value = try await observe(function, request, by: deadline, read)
                await login.ended(credentials, with: nil)
                return value
            } catch {
                await login.ended(credentials, with: error)
                throw error
            }
        }
    }

    private func withSlot<Value: Sendable>(
        for function: String, _ body: () async throws(APIError) -> Value
    ) async throws(APIError) -> Value {
        do {
            return try await limiter.withSlot { try await body() }
        } catch let error as APIError {
            throw error
        } catch {
            throw APIError(.cancelled, function: function, description: "\(function) was cancelled", wasSent: false)
        }
    }

    private func observe<Value: Sendable>(
        _ function: String, _ request: HTTPRequest, by deadline: Deadline,
        _ read: @Sendable (HTTPResponse) throws(APIError) -> Value
    ) async throws(APIError) -> Value {
        var request = request
        request.timeout = deadline.remaining
        guard request.timeout > .zero else {
            throw APIError(
                .timeout, function: function,
                description: "\(function) was not called: calls before it used up the time there was for it",
                wasSent: false)
        }
        let start = clock.uptime()
        let startTime = clock.now()
        var record = CallRecord(function: function, duration: .zero, replySize: 0)
        defer { observer.callEnded(record) }
        let response: HTTPResponse
        do throws(TransportError) {
            response = try await transport.send(request)
        } catch {
            let failure = APIError(error, function: function)
            record.duration = clock.uptime() - start
            record.certificate = error.certificate
            record.error = failure
            throw failure
        }
        record.duration = clock.uptime() - start
        record.status = response.status
        record.replySize = response.body.count
        record.certificate = response.certificate
        record.clockSkew = Self.clockSkew(response, sent: startTime, took: record.duration)
        do throws(APIError) {
            guard response.status == 200 else { throw APIError(status: response.status, function: function) }
            return try read(response)
        } catch {
            record.error = error
            throw error
        }
    }

    /// How far the server's clock is ahead, in seconds.
    ///
    /// The `Date` header has whole seconds, cut off: its middle is compared with the end of the exchange, since a server
    /// writes it when it begins to answer. Exchanges that took long tell too little.
    private static func clockSkew(_ response: HTTPResponse, sent: Timestamp, took: Duration) -> Double? {
        guard took < .seconds(2), let date = response.date.flatMap(HTTPDate.parse) else { return nil }
        return (date + .milliseconds(500)).since(sent + took).inSeconds
    }
}
