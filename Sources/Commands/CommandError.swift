import MailStoreAPI
import PlainText

/// Why a command failed.
package struct CommandError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The cause, which determines the exit code.
    package enum Kind: Sendable {
        /// The command line; nothing was sent that could change the server.
        case commandLine
        /// The configuration.
        case configuration
        /// The server, the connection to it, or this machine.
        case failure
    }

    package let kind: Kind
    /// The problems and remedies, one problem per line.
    package let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    /// A failed call; its text may quote the server, so it is made safe for a terminal.
    init(_ error: APIError) {
        self.init(.failure, TerminalText.line(error.description))
    }

    static let unknownToken = CommandError(
        .failure,
        """
        the server does not know this token (404): it was mistyped, belongs to a process on another server, or has \
        expired; a restart of the server ends all its processes
        """)

    static func lost(_ title: String) -> CommandError {
        CommandError(
            .failure,
            """
            the server no longer knows the process (404): the server was restarted, or the token has expired; \
            the result of \(title) is unknown
            """)
    }
}
