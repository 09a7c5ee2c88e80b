import Foundation
import MailStoreAPI
import TestSupport
import Testing

@testable import Configuration

@Suite("Secrets stay secret")
struct SecretLeakTests {
    static let secret = "hunter2-Zx"

    /// A whole configuration around one line that holds the secret in a wrong way.
    private func text(_ line: String) -> String {
        """
        targets:
          - name: archive
            url: https://mailstore.example.com
            username: admin
            \(line)
        """
    }

    @Test(
        "no mistake shows the password",
        arguments: [
            "password: [\(secret)]", "password: { \(secret): x }", "password: \(secret): x", "password: \"\(secret)",
            "password: *\(secret)", "password: &\(secret)", "password: @\(secret)", "password: #\(secret)",
            "password: \"\(secret)\\n\"", "password: \"\(secret)\\0\"", "password: |\n      \(secret)\n      second",
            "pasword: \(secret)", "passwort: \(secret)\n    passwort: \(secret)", "password:\(secret)",
            "password:\(secret): x", "password=\(secret): x", "tls: { password:\(secret) }",
            "tls: { password:\(secret): 1, password:\(secret): 2 }", "password: !\(secret)",
            "password: \(String(repeating: secret, count: 500))", "password_env: $\(secret)!",
            "password: \(secret)\n    password_file: /etc/p", "url: https://admin:\(secret)@host",
            "password: { a: [\(secret)]", "password: ${\(secret)}\n    tls: x",
            "password: >-\n      \(secret)\n\t- x",
        ])
    func mistakes(line: String) {
        let mistakes = ConfigurationExample.mistakes(in: text(line))
        #expect(!mistakes.isEmpty)
        #expect(!mistakes.joined().contains(Self.secret), "\(mistakes)")
    }

    @Test("neither the written nor the checked configuration shows the password")
    func dumps() throws {
        let file = try ConfigurationFile(path: "c.yml", text: text("password: \(Self.secret)"))
        let configuration = try file.validate(environment: [:])
        #expect(configuration.targets.first?.password == .inline(Secret(Self.secret)))
        var shown = "\(file) \(configuration) \(String(reflecting: configuration)) \(String(reflecting: file))"
        dump(file, to: &shown)
        dump(configuration, to: &shown)
        shown += configuration.redactedYAML()
        #expect(!shown.contains(Self.secret))
        #expect(configuration.redactedYAML().contains("password: \"<secret>\""))
    }
}
