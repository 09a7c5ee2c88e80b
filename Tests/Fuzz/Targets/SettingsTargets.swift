import OperatingSystem
import PlainText

@testable import Configuration
@testable import Web

extension FuzzTarget {
    /// The configuration files, and the short values in them.
    static let settings = [
        FuzzTarget(name: "configuration") { input in
            let text = text(input)
            switch configuration(text) {
            case .success(let configuration): try checkRedacted(configuration)
            case .failure(let error): try checkMistakes(error, in: text)
            }
            do throws(ConfigurationError) {
                _ = try ConfigurationFile(path: "targets.yml", text: text).targets(environment: [:])
            } catch {
                try checkMistakes(error, in: text)
            }
        },
        FuzzTarget(name: "web-configuration") { input in
            let text = text(input)
            do throws(ConfigurationError) {
                _ = try WebConfigurationReading.parse(
                    text, MistakeCollector(file: "web.yml"), NamedFiles(configurationFile: "/nonexistent/web.yml"))
            } catch {
                try checkMistakes(error, in: text)
            }
        },
        FuzzTarget(name: "address") { input in
            let text = text(input)
            if let address = try? ListenAddress(parsing: text) {
                let again = try ListenAddress(parsing: address.description)
                try promise(again.host == address.host && again.port == address.port, "\(address) is another address")
            }
            if let url = try? ServerURL(parsing: text) {
                try promise(try ServerURL(parsing: url.description) == url, "\(url) is another URL")
                try promise(!url.description.contains("@"), "\(url) may contain a password")
            }
            if let name = try? TargetName.parse(text) {
                try promise(!name.contains("/") && !name.hasPrefix("."), "\(name) is a path")
            }
            let name = TargetName.fromHost(text)
            try promise(try TargetName.parse(name) == name, "\(name) is not a name of a target")
            if let shard = try? Shard(parsing: text) {
                try promise(try Shard(parsing: shard.description).description == shard.description, "\(shard) changes")
            }
            let paths = PathResolver(configurationFile: "", environment: [:])
            if let pattern = try? TargetFilePattern(parsing: text, paths: paths) {
                let again = try TargetFilePattern(parsing: pattern.description, paths: paths)
                try promise(again == pattern, "\(pattern) is another pattern")
                try promise(!pattern.covers(text + "/x"), "\(pattern) covers a file in a directory below")
            }
            if let pin = try? PublicKeyPin(parsing: text) {
                try promise(try PublicKeyPin(parsing: pin.description) == pin, "\(pin) is another pin")
            }
        },
    ]

    private static func configuration(_ text: String) -> Result<Configuration, ConfigurationError> {
        Result { () throws(ConfigurationError) in
            try ConfigurationFile(path: "fuzz.yml", text: text).validate(environment: [:])
        }
    }

    /// The configuration as it is shown is the same configuration, but for passwords.
    private static func checkRedacted(_ configuration: Configuration) throws {
        let shown = configuration.redactedYAML()
        switch Self.configuration(shown) {
        case .success(let again):
            let isWhole = configuration.targets.allSatisfy { target in
                if case .inline = target.password { false } else { true }
            }
            try promise(!isWhole || again == configuration, "another configuration is shown:\n\(shown)")
        case .failure(let error):
            throw BrokenPromise(description: "what is shown is not a configuration: \(error)\n\(shown)")
        }
    }

    /// Every mistake has a line of the file, and its text does nothing to a terminal.
    private static func checkMistakes(_ error: ConfigurationError, in text: String) throws {
        try promise(!error.mistakes.isEmpty, "a file without a mistake is refused")
        let lines = text.unicodeScalars.reduce(1) { count, scalar in
            count + (["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains(scalar) ? 1 : 0)
        }
        for mistake in error.mistakes {
            if let line = mistake.line {
                try promise((1...lines + 1).contains(line), "line \(line) of \(lines): \(mistake)")
            }
            let shown = mistake.description
            try promise(TerminalText.line(shown) == shown, "control characters in \(QuotedText(shown))")
        }
    }
}
