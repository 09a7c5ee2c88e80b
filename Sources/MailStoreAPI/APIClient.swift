package import OperatingSystem
import PlainText

/// Calls the Administration API of one server and reports every failure as an ``APIError``.
package struct APIClient: Sendable {
    private let transport: any HTTPTransport
    private let login: any LoginProvider
    private var limiter: CallLimiter
    private let sharedLimit: SharedCallLimit?
    private let observer: any CallObserver
    private let maximumRows: Int
    /// The argument that names the instance that is called; empty for a server, and for the environment of an SPE.
    private(set) var scope: [FormField] = []
    let clock: Clock

    /// - Parameters:
    ///   - limiter: Limits the calls to this server.
    ///   - sharedLimit: Limits the calls to all servers.
    ///   - maximumRows: The most rows of a list; a longer list is an error, ``APIError/Reason/tooLarge``.
    package init(
        transport: any HTTPTransport, login: any LoginProvider, limiter: CallLimiter,
        sharedLimit: SharedCallLimit? = nil, observer: any CallObserver, maximumRows: Int = 100_000,
        clock: Clock = .system
    ) {
        self.transport = transport
        self.login = login
        self.limiter = limiter
        self.sharedLimit = sharedLimit
        self.observer = observer
        self.maximumRows = maximumRows
        self.clock = clock
    }

    /// The client for one instance of a Service Provider Edition: every call of a function names it.
    ///
    /// - Parameters:
    ///   - argument: The id as the server writes it.
    ///   - limiter: Limits its calls instead of the one for all calls to the server.
    package func on(instance argument: String, limiter: CallLimiter? = nil) -> APIClient {
        var client = self
        if let limiter { client.limiter = limiter }
        client.scope = [FormField("instanceID", argument)]
        return client
    }

    /// Whether the list of functions is asked for with the login.
    package enum LoginUse: Sendable {
        case never
        /// If the server refuses it without.
        case ifAsked
        case always
    }

    /// The functions that the server offers.
    ///
    /// MailStore Server answers this call without a login (`docs/api.md`, "Protocol"), so none is sent at first: an answer
    /// shows that the server is up, not that the password is right. The Service Provider Edition asks for the login.
    ///
    /// - Parameter sending: Whether the login is sent.
    package func metadata(
        by deadline: Deadline, sending: LoginUse = .ifAsked
    ) async throws(APIError) -> [FunctionMetadata] {
        let function = ServiceCall.getMetadata.rawValue
        let request = HTTPRequest(path: "/api/get-metadata", credentials: nil, timeout: deadline.remaining)
        let read = { @Sendable (response: HTTPResponse, _: Credentials?) throws(APIError) in
            try Self.functions(in: response, maximumRows: maximumRows)
        }
        let (functions, oddities): ([FunctionMetadata], ReplyOddities)
        do throws(APIError) {
            (functions, oddities) =
                if sending == .always {
                    try await exchangeWithLogin(function, request, by: deadline, read)
                } else {
                    try await withSlot(for: function) { () throws(APIError) in
                        try await exchange(function, request, by: deadline, read)
                    }
                }
        } catch {
            guard sending == .ifAsked, error.reason == .unauthorized || error.reason == .forbidden else { throw error }
            (functions, oddities) = try await exchangeWithLogin(function, request, by: deadline, read)
        }
        observer.resultRead(oddities, of: function)
        return functions
    }

    private static func functions(
        in response: HTTPResponse, maximumRows: Int
    ) throws(APIError) -> ([FunctionMetadata], ReplyOddities) {
        let function = ServiceCall.getMetadata.rawValue
        guard response.body.first(where: { !$0.isJSONLead }) == UInt8(ascii: "{") else {
            return try read(response, of: function) { (body) throws(JSONError) in
                try JSONReader.read(body) { (reader) throws(JSONError) in
                    reader.maximumRows = maximumRows
                    return (try [FunctionMetadata](from: &reader), reader.oddities)
                }
            }
        }
        // No server is known to wrap the list like other results, but it may.
        let reply = try read(response, of: function, as: APIReply.init(reply:))
        if let structure = reply.error { throw APIError(structure, function: function) }
        return try read(response, of: function) { (_) throws(JSONError) in
            try reply.result(as: [FunctionMetadata].self, maximumRows: maximumRows)
        }
    }

    /// Calls a function and reads its result; if the call becomes a process on the server, waits for its end.
    package func invoke<Value: JSONDecodable>(
        _ function: InformationalFunction, _ arguments: [FormField] = [], as type: Value.Type, by deadline: Deadline
    ) async throws(APIError) -> Value {
        let name = function.rawValue
        var reply = try await call(name, path: "/api/invoke/" + name, scope + arguments, by: deadline)
        if var process = try checked(reply, of: name, { (reply) throws(JSONError) in try LongRunningProcess(reply) }) {
            reply = try await follow(&process, of: name, by: deadline)
        }
        guard reply.statusCode == .succeeded else {
            let state = String(reply.statusCode.rawValue.unicodeScalars.prefix(64))
            throw failed(APIError(.apiError, function: name, description: "\(name) ended in the state “\(state)”"))
        }
        let (value, oddities) = try checked(reply, of: name) { (reply) throws(JSONError) in
            try reply.result(as: type, maximumRows: maximumRows)
        }
        observer.resultRead(oddities, of: name)
        return value
    }

    private func checked<Value>(
        _ reply: APIReply, of function: String, _ read: (APIReply) throws(JSONError) -> Value
    ) throws(APIError) -> Value {
        do throws(JSONError) {
            return try read(reply)
        } catch {
            throw failed(APIError(error, function: function, body: reply.body))
        }
    }

    /// Reports to the observer a failure that is not the failure of a single request.
    func failed(_ error: APIError) -> APIError {
        observer.callFailed(error)
        return error
    }

    private func follow(
        _ process: inout LongRunningProcess, of function: String, by deadline: Deadline
    ) async throws(APIError) -> APIReply {
        while true {
            guard deadline.remaining > .zero else {
                throw failed(
                    APIError(
                        .timeout, function: function,
                        description: "\(function) still runs on the server, and the time to wait for its result is over"
                    ))
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
    ) async throws(APIError) -> APIReply {
        let request = HTTPRequest(
            path: path, body: FormField.encode(arguments), credentials: nil, timeout: deadline.remaining)
        return try await exchangeWithLogin(function, request, by: deadline) { (response, login) throws(APIError) in
            let reply = try Self.read(response, of: function, as: APIReply.init(reply:)).withoutLogin(login)
            if let structure = reply.error { throw APIError(structure, function: function) }
            return reply
        }
    }

    /// Reads the body of a response; throws an ``APIError`` if it does not have the expected form.
    static func read<Value>(
        _ response: HTTPResponse, of function: String, as read: ([UInt8]) throws(JSONError) -> Value
    ) throws(APIError) -> Value {
        do throws(JSONError) {
            return try read(response.body)
        } catch {
            throw APIError(error, function: function, contentType: response.contentType, body: response.body)
        }
    }

    /// Sends one request with the login, when the limit of concurrent calls permits it.
    ///
    /// The login is fetched only then, so that a call that has waited does not send a login that was refused in the
    /// meantime: each refusal counts towards locking the account.
    func exchangeWithLogin<Value: Sendable>(
        _ function: String, _ request: HTTPRequest, by deadline: Deadline,
        _ read: @Sendable (HTTPResponse, Credentials?) throws(APIError) -> Value
    ) async throws(APIError) -> Value {
        try await withSlot(for: function) { () throws(APIError) in
            let grant = try await login.credentials(for: function)
            var request = request
            request.credentials = grant.credentials
            do throws(APIError) {
                let value = try await exchange(function, request, by: deadline, read)
                await login.accepted(grant)
                return value
            } catch {
                throw await login.failed(grant, with: error)
            }
        }
    }

    private func withSlot<Value: Sendable>(
        for function: String, _ body: () async throws(APIError) -> Value
    ) async throws(APIError) -> Value {
        do {
            return try await limiter.withSlot {
                guard let sharedLimit else { return try await body() }
                return try await sharedLimit.withTurn { try await body() }
            }
        } catch let error as APIError {
            throw error
        } catch {
            throw APIError(.cancelled, function: function, description: "\(function) was cancelled", wasSent: false)
        }
    }

    /// Sends one request, reads the reply with `read`, and reports the outcome to the observer.
    ///
    /// `read` gets the login too, because a server may repeat it in an error.
    private func exchange<Value: Sendable>(
        _ function: String, _ request: HTTPRequest, by deadline: Deadline,
        _ read: @Sendable (HTTPResponse, Credentials?) throws(APIError) -> Value
    ) async throws(APIError) -> Value {
        var request = request
        request.timeout = deadline.remaining
        guard request.timeout > .zero else {
            throw APIError(
                .timeout, function: function,
                description: "\(function) was not called, because earlier calls used up the time",
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
            guard response.status == 200 else {
                throw APIError(status: response.status, function: function, answeredBy: response.server)
            }
            return try read(response, request.credentials)
        } catch {
            let failure = error.withoutLogin(request.credentials)
            record.error = failure
            throw failure
        }
    }

    /// How far the server's clock is ahead, in seconds; `nil` if a slow exchange makes the value too inexact.
    ///
    /// The `Date` header has whole seconds, rounded down: the middle of its second is compared with the end of the
    /// exchange, because a server writes the header when it begins to answer.
    private static func clockSkew(_ response: HTTPResponse, sent: Timestamp, took: Duration) -> Double? {
        guard took < .seconds(2), let date = response.date.flatMap(HTTPDate.parse) else { return nil }
        return (date + .milliseconds(500)).since(sent + took).inSeconds
    }
}

/// Receives every call that was made: statistics, a log of calls.
package protocol CallObserver: Sendable {
    /// Called once for each request that was sent, when it has ended.
    func callEnded(_ call: CallRecord)

    /// Called if a call failed although its requests succeeded: its result does not have the expected form, or the
    /// process that it started did not succeed.
    func callFailed(_ error: APIError)

    /// Called for each result that was read.
    ///
    /// - Parameter oddities: What could not be used of the reply; empty if nothing was odd.
    func resultRead(_ oddities: ReplyOddities, of function: String)
}

/// One request and its outcome.
package struct CallRecord: Sendable {
    /// `GetStores`, `get-status`.
    package var function: String
    package var duration: Duration
    /// The HTTP status; `nil` without a complete reply.
    package var status: Int?
    /// The size of the reply in bytes.
    package var replySize: Int
    package var error: APIError?
    /// The server's certificate, if the handshake showed it.
    package var certificate: CertificateInfo?
    /// How far the server's clock is ahead of this machine's, in seconds, exact to half a second.
    package var clockSkew: Double?
}
