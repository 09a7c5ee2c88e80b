package import MailStoreAPI
import OperatingSystem
import PlainText

/// Why a password could not be read, with the remedy; never contains any part of the password.
package struct PasswordError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// The source of a target's password, which is read again after a 401 and on reload.
package enum PasswordSource: Sendable, Hashable {
    /// A file that contains the password and at most one line ending after it.
    case file(String)
    /// The environment variable of that name.
    case environment(String)
    /// The password is written in the configuration itself.
    case inline(Secret)
}

extension PasswordSource {
    /// The longest password, in bytes; a longer text is probably the wrong file.
    private static let longest = 4096

    /// Reads the password.
    ///
    /// - Parameter environment: The environment of the process.
    /// - Throws: ``PasswordError``, whose text never contains any part of the password.
    package func read(environment: [String: String]) throws(PasswordError) -> Secret {
        switch self {
        case .file(let path):
            return try Self.readFile(path)
        case .environment(let name):
            guard let value = environment[name] else {
                throw PasswordError("the environment variable \(name) is not set; set it, or use a password file")
            }
            return try Self.check(value, from: "the environment variable \(name)")
        case .inline(let secret):
            return try Self.check(secret.exposed, from: "the password in the configuration")
        }
    }

    /// A warning about this source, for the log; `nil` if there is none.
    package func warning() -> String? {
        switch self {
        case .file(let path):
            guard SmallFile.isWorldReadable(path) else { return nil }
            return "every user of this machine can read the password file \(QuotedText(path)); run chmod o-r on it"
        case .environment:
            return nil
        case .inline:
            return "the password is written in the configuration; use password_file, which other users cannot read"
        }
    }

    /// Checks the rules for a password from any source.
    static func check(_ password: String, from place: String) throws(PasswordError) -> Secret {
        guard !password.isEmpty else { throw PasswordError("\(place) is empty; write the password into it") }
        guard password.utf8.count <= longest else {
            throw PasswordError("\(place) is longer than 4 KiB; it is probably not the password you meant")
        }
        guard !password.utf8.contains(0) else {
            throw PasswordError("\(place) contains a NUL byte; save the password as UTF-8 text")
        }
        guard !password.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\r" }) else {
            throw PasswordError("\(place) contains more than one line; write only the password into it")
        }
        return Secret(password)
    }

    private static func readFile(_ path: String) throws(PasswordError) -> Secret {
        let place = "the password file \(QuotedText(path))"
        var bytes: [UInt8]
        do {
            // Space for the line ending and a byte order mark.
            bytes = try SmallFile.read(path, limit: longest + 5)
        } catch .isTooLarge {
            throw PasswordError("\(place) is larger than 4 KiB; it is probably not the file you meant")
        } catch {
            throw PasswordError("the password file cannot be used: \(error.explanation(path: path))")
        }
        // Editors on Windows begin a UTF-8 file with a byte order mark; no password does.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        if bytes.last == UInt8(ascii: "\n") {
            bytes.removeLast()
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw PasswordError("\(place) is not UTF-8 text; save it as UTF-8")
        }
        return try check(text, from: place)
    }
}
