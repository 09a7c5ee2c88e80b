package import MailStoreAPI
import PlainText

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

extension CallCommand {
    /// A call that was checked and can be sent.
    package struct Prepared: Sendable {
        /// What messages call it.
        package var title: String
        /// What the progress line calls it, where columns are few.
        package var label: String
        package var send: @Sendable () async throws(CommandError) -> FirstReply
    }

    package func prepare(on connection: TargetConnection) async throws(CommandError) -> Prepared {
        switch subject {
        case .function(let name, let arguments, let allowsChanges):
            let given = try CallArguments(parsing: arguments)
            let functions = try await connection.functions()
            let function = try FunctionChoice.find(name, among: functions)
            if !allowsChanges { try FunctionChoice.refuseChange(by: name) }
            return connection.call(name, try given.fields(for: function), wantsHeaders: includesExchange)
        case .process(let token, let cancels):
            return try connection.takeUp(token, cancels: cancels)
        }
    }
}

extension TargetConnection {
    /// What the server offers.
    package func functions() async throws(CommandError) -> [FunctionMetadata] {
        do throws(APIError) {
            return try await api.metadata(by: deadline())
        } catch {
            throw CommandError(error)
        }
    }

    package func call(_ name: String, _ fields: [FormField], wantsHeaders: Bool = false) -> CallCommand.Prepared {
        CallCommand.Prepared(title: ScreenText.line(name), label: ScreenText.line(name)) { () throws(CommandError) in
            do throws(APIError) {
                let reply = try await api.send(name, fields, wantsHeaders: wantsHeaders, by: deadline())
                return FirstReply(envelope: reply.envelope, response: reply.response)
            } catch {
                throw CommandError(error)
            }
        }
    }

    /// Takes a process up by its token, after having it cancelled where that is wished for.
    fileprivate func takeUp(_ token: String, cancels: Bool) throws(CommandError) -> CallCommand.Prepared {
        let isToken =
            !token.isEmpty && token.utf8.count <= 256 && token.allSatisfy { $0.isASCII && $0.isTokenCharacter }
        guard isToken else {
            throw CommandError(
                .commandLine, "--token: \(QuotedText(token)) is no token; give the 32 digits that were printed")
        }
        return CallCommand.Prepared(title: "process \(token)", label: "process \(token.prefix(8))") {
            () throws(CommandError) in
            do throws(APIError) {
                if cancels { try await api.cancel(token, by: deadline()) }
                let envelope = try await api.status(of: LongRunningProcess(resuming: token), by: deadline())
                return FirstReply(envelope: envelope)
            } catch {
                throw error.httpStatus == 404 ? .unknownToken : CommandError(error)
            }
        }
    }
}

extension CommandError {
    fileprivate static let unknownToken = CommandError(
        .failure,
        """
        the server does not know this token (404): it was mistyped, belongs to a process of another server, or has \
        expired; a server that is restarted forgets all its processes
        """)

    package static func lost(_ title: String) -> CommandError {
        CommandError(
            .failure,
            """
            the server no longer knows the process (404): it was restarted, or the token has expired; \
            how \(title) ended cannot be told
            """)
    }
}

extension Character {
    fileprivate var isTokenCharacter: Bool { isLetter || isNumber || self == "-" }
}
