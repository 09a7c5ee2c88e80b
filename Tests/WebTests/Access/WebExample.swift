import TestSupport
import Testing

@testable import Web

/// A folder with a web configuration file and what it names.
struct WebExample {
    static let certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    static let key = "-----BEGIN PRIVATE KEY-----\nSECRETKEY\n-----END PRIVATE KEY-----\n"

    /// Made by Python's `bcrypt`, which is another implementation than libxcrypt.
    enum Hash {
        /// Of `correct horse`.
        static let horse = "$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e"
        /// Of `battery staple`.
        static let staple = "$2a$04$ABCDEFGHIJKLMNOPQRSTUutdBj1TzHskGHYiUO7.EmtyYGZ0G.mnK"
        /// Of `pa:ss wörd`, at another cost.
        static let colon = "$2b$05$ABCDEFGHIJKLMNOPQRSTUO1rdccumM90EAJlYhob9kKF6NjCE.S1e"
    }

    let folder: TemporaryFolder
    let path: String

    /// - Parameter text: What `web.yml` holds; `nil`: there is no such file.
    init(_ text: String?) throws {
        folder = try TemporaryFolder()
        path = folder.path + "/web.yml"
        _ = try folder.write(Self.certificate, to: "server.crt")
        _ = try folder.write(Self.key, to: "server.key")
        _ = try folder.write(Self.certificate, to: "clients.crt")
        if let text { _ = try folder.write(text, to: "web.yml") }
    }

    func read() throws -> WebConfiguration {
        try WebConfigurationReading(path: path).outcome.get()
    }

    /// The mistakes, a line each, without the folder; fails where there is none.
    func mistakes(sourceLocation: SourceLocation = #_sourceLocation) -> [String] {
        switch WebConfigurationReading(path: path).outcome {
        case .failure(let error):
            return error.mistakes.map { $0.description.replacing(folder.path + "/", with: "") }
        case .success:
            Issue.record("the configuration was accepted", sourceLocation: sourceLocation)
            return []
        }
    }
}
