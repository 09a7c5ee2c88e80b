internal import MailStoreAPI

/// Sends one call, follows the process that it may begin, and prints the result.
package struct CallCommand: Sendable {
    /// What is called, or taken up.
    package enum Subject: Sendable {
        /// A function, with its arguments as they were typed: `name=value`.
        case function(String, arguments: [String], allowsChanges: Bool)
        /// A process that was started before, by its token.
        case process(token: String, cancels: Bool)
    }

    package var subject: Subject
    /// Whether the reply is printed as it came, byte for byte.
    package var isRaw: Bool
    /// Whether HTTP status, headers and certificate are printed too.
    package var includesExchange: Bool

    package init(_ subject: Subject, isRaw: Bool = false, includesExchange: Bool = false) {
        self.subject = subject
        self.isRaw = isRaw
        self.includesExchange = includesExchange
    }

    /// Does it.
    ///
    /// - Parameters:
    ///   - recorder: The observer of the connection.
    ///   - attaching: The beginning of a command line that takes a process up again; its token is put behind it.
    /// - Returns: Whether the call ended in the state `succeeded`.
    package func run(
        on connection: TargetConnection, recorder: ExchangeRecorder, console: Console, attaching: [String]
    ) async throws(CommandError) -> Bool {
        let call = try await prepare(on: connection)
        let session = ProcessSession(
            call.label, api: connection.api, console: console, callTime: connection.settings.timeout.duration)
        let outcome: WatchOutcome
        do throws(CommandError) {
            outcome = try await session.run(call.send)
        } catch {
            try print(ExchangeDescription(recorder.last), on: console)
            throw error
        }
        switch outcome {
        case .ended(let envelope):
            var exchange = ExchangeDescription(recorder.last)
            if let response = await session.response { exchange.add(response) }
            try print(exchange, on: console)
            try print(envelope, on: console)
            let took = await session.isProcess ? ClockText(session.elapsed) : nil
            return report(envelope, title: call.title, took: took, on: console)
        case .lost:
            throw .lost(call.title)
        case .left(let token, let error):
            console.sayLeft(call.title, token: token, because: error, attaching: attaching)
            return false
        case .interrupted:
            throw CommandError(
                .failure, "\(call.title) was interrupted before its reply came; the server may go on with it")
        }
    }

    private func print(_ exchange: ExchangeDescription, on console: Console) throws(CommandError) {
        guard includesExchange else { return }
        try console.writeResult(Array(exchange.description.utf8))
    }

    private func print(_ envelope: Envelope, on console: Console) throws(CommandError) {
        if isRaw {
            try console.writeResult(envelope.body)
        } else if envelope.statusCode == .succeeded, envelope.error == nil {
            try console.writeResult(IndentedJSON.text(of: envelope.resultBytes) + [UInt8(ascii: "\n")])
        }
    }

    private func report(_ envelope: Envelope, title: String, took: ClockText?, on console: Console) -> Bool {
        guard let problem = envelope.problem else {
            if let took { console.say("\(title) succeeded (\(took))") }
            return true
        }
        console.say("mailstore_exporter: \(title) \(problem)\(isRaw ? "" : "; --raw shows the details")")
        return false
    }
}

extension ExchangeDescription {
    init(_ record: CallRecord?) {
        self.init(status: record?.status, certificate: record?.certificate)
    }

    package mutating func add(_ response: HTTPResponse) {
        status = response.status
        headers = response.headers
        certificate = response.certificate ?? certificate
    }
}
