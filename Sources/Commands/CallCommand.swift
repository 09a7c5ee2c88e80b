import MailStoreAPI
import PlainText

/// Makes one call, waits for the process that it may start, and prints the result.
package struct CallCommand: Sendable {
    /// The function to call, or the process to follow.
    package enum Subject: Sendable {
        /// A function, with its arguments as given on the command line: `name=value`.
        case function(String, arguments: [String], allowsChanges: Bool)
        /// A process that was started earlier, by its token.
        case process(token: String, cancels: Bool)
    }

    /// A checked call that can be sent.
    struct Prepared: Sendable {
        /// Its name in messages.
        var title: String
        /// Its name in the progress line, where space is short.
        let label: String
        let send: @Sendable () async throws(CommandError) -> FirstReply
    }

    private let subject: Subject
    /// Whether the reply is printed as received, byte for byte.
    private let isRaw: Bool
    /// Whether HTTP status, headers and certificate are printed too.
    private let includesExchange: Bool

    package init(_ subject: Subject, isRaw: Bool, includesExchange: Bool) {
        self.subject = subject
        self.isRaw = isRaw
        self.includesExchange = includesExchange
    }

    /// Runs the command.
    ///
    /// - Parameter attaching: The beginning of a command line that follows a process again, without the token.
    /// - Returns: Whether the call ended with the status `succeeded`.
    package func run(
        on connection: TargetConnection, console: Console, attaching: [String]
    ) async throws(CommandError) -> Bool {
        let call = try await prepare(on: connection)
        let session = ProcessSession(
            call.label, api: connection.api, console: console, callTime: connection.settings.timeout.duration)
        let outcome: WatchOutcome
        do throws(CommandError) {
            outcome = try await session.run(call.send)
        } catch {
            try print(ExchangeDescription(connection.lastCall), on: console)
            throw error
        }
        switch outcome {
        case .ended(let envelope):
            try print(ExchangeDescription(connection.lastCall, await session.response), on: console)
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
                .failure, "\(call.title) was interrupted before its reply arrived; the server may still execute it")
        }
    }

    private func prepare(on connection: TargetConnection) async throws(CommandError) -> Prepared {
        switch subject {
        case .function(let name, let arguments, let allowsChanges):
            let given = try CallArguments(parsing: arguments)
            let function = try FunctionLookup.find(name, among: try await connection.functions())
            if !allowsChanges { try FunctionLookup.requireReadOnly(name) }
            return connection.call(name, try given.fields(for: function), wantsHeaders: includesExchange)
        case .process(let token, let cancels):
            return try connection.resume(token, cancels: cancels)
        }
    }

    private func print(_ exchange: ExchangeDescription, on console: Console) throws(CommandError) {
        guard includesExchange else { return }
        try console.writeResult(Array(exchange.description.utf8))
    }

    private func print(_ envelope: APIReply, on console: Console) throws(CommandError) {
        if isRaw {
            try console.writeResult(envelope.body)
        } else if envelope.statusCode == .succeeded, envelope.error == nil {
            try console.writeResult(IndentedJSON.text(of: envelope.resultBytes) + [UInt8(ascii: "\n")])
        }
    }

    private func report(_ envelope: APIReply, title: String, took: ClockText?, on console: Console) -> Bool {
        guard let problem = envelope.problem else {
            if let took { console.say("\(title) succeeded (\(took))") }
            return true
        }
        console.say("mailstore_exporter: \(title) \(problem)\(isRaw ? "" : "; --raw shows the details")")
        return false
    }
}

extension TargetConnection {
    func call(_ name: String, _ fields: [FormField], wantsHeaders: Bool = false) -> CallCommand.Prepared {
        CallCommand.Prepared(title: TerminalText.line(name), label: TerminalText.line(name)) {
            () throws(CommandError) in
            do throws(APIError) {
                let reply = try await api.send(name, fields, wantsHeaders: wantsHeaders, by: deadline())
                return FirstReply(envelope: reply.envelope, response: reply.response)
            } catch {
                throw CommandError(error)
            }
        }
    }

    /// Follows a process by its token, after cancelling it if requested.
    fileprivate func resume(_ token: String, cancels: Bool) throws(CommandError) -> CallCommand.Prepared {
        let isToken =
            !token.isEmpty && token.utf8.count <= 256
            && token.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        guard isToken else {
            throw CommandError(
                .commandLine, "--token: \(QuotedText(token)) is not a token; give the 32 digits that were printed")
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
