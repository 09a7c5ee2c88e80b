import ArgumentParser
import Configuration
import MicroHTTPServer

/// Which server a command that a person gives is about.
struct TargetOptions: ParsableArguments {
    @Option(
        name: .customLong("config.file"),
        help: ArgumentHelp("The configuration, a YAML file; without it one server goes by flags.", valueName: "file"))
    var configFile: String?

    @Option(
        name: .customLong("target"),
        help: ArgumentHelp("The name of a target in the configuration.", valueName: "name"))
    var name: String?

    @OptionGroup(title: "One server by flags")
    var server: MailStoreServerOptions

    /// What the command line says about the configuration.
    var flags: ConfigurationFlags {
        var flags = ConfigurationFlags()
        flags.configFile = configFile
        flags.url = server.url
        flags.username = server.username
        flags.passwordFile = server.passwordFile
        flags.caFile = server.caFile
        flags.pinnedPublicKey = server.pinnedPublicKey
        flags.insecureSkipVerify = server.insecureSkipVerify
        return flags
    }
}
