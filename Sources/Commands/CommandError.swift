package import MailStoreAPI
import PlainText

/// Why a command could not do what it was asked for.
package struct CommandError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was at fault, from which the exit code follows.
    package enum Kind: Sendable {
        /// The command line; nothing was sent that could change anything.
        case commandLine
        /// The configuration.
        case configuration
        /// The server, the way to it, or this machine.
        case failure
    }

    package var kind: Kind
    /// What is wrong and what to do; a line for each thing.
    package var description: String

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    /// A call that gave no result; its text may quote the server, so it is made fit for a terminal.
    package init(_ error: APIError) {
        self.init(.failure, ScreenText.line(error.description))
    }
}
