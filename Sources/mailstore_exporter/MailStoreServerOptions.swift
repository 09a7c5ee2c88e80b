import ArgumentParser
import CurlTransport
import MicroHTTPServer

/// One MailStore server, by flags.
struct MailStoreServerOptions: ParsableArguments {
    @Option(
        name: .customLong("mailstore.url"),
        help: ArgumentHelp("Where the Administration API is: https://host:8463.", valueName: "url"))
    var url: String?

    @Option(
        name: .customLong("mailstore.username"),
        help: ArgumentHelp("A MailStore administrator with the login privilege \"api\".", valueName: "name"))
    var username: String?

    @Option(
        name: .customLong("mailstore.password-file"),
        help: ArgumentHelp(
            "The file that holds the password; without it the environment variable MAILSTORE_PASSWORD does.",
            valueName: "file"))
    var passwordFile: String?

    @Option(
        name: .customLong("mailstore.ca-file"),
        help: ArgumentHelp("The CA, or the self-signed certificate itself, to trust, in PEM.", valueName: "file"))
    var caFile: String?

    @Option(
        name: .customLong("mailstore.pinned-public-key"),
        help: ArgumentHelp("The pin of the server's public key to trust.", valueName: "sha256//..."))
    var pinnedPublicKey: String?

    @Flag(
        name: .customLong("mailstore.insecure-skip-verify"),
        help: "Trust any certificate; whoever stands in between can then read the password.")
    var insecureSkipVerify = false
}
