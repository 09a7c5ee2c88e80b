package import MailStoreAPI
import PlainText

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
