import Testing

@testable import Configuration

/// Configurations to begin tests with.
enum ConfigurationExample {
    /// The smallest configuration that is right.
    static let smallest = """
        targets:
          - name: archive
            url: https://mailstore.example.com
            username: admin
            password_file: /etc/mailstore/password
        """

    static func parse(_ text: String, environment: [String: String] = [:]) throws -> Configuration {
        try ConfigurationFile(path: "config.yml", text: text).validate(environment: environment)
    }

    /// The mistakes in a text, a line each; fails where it has none.
    static func mistakes(
        in text: String, environment: [String: String] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) -> [String] {
        do {
            _ = try parse(text, environment: environment)
        } catch let error as ConfigurationError {
            return error.mistakes.map(\.description)
        } catch {
            Issue.record(error, sourceLocation: sourceLocation)
            return []
        }
        Issue.record("the configuration was accepted", sourceLocation: sourceLocation)
        return []
    }
}
