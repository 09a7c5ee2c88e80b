import Foundation
import MailStoreAPI
import TestSupport
import Testing

@testable import Configuration
@testable import OperatingSystem

@Suite("Passwords and where they come from")
struct PasswordSourceTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test(
        "a file is the password but for one line ending and a byte order mark",
        arguments: [
            ("secret", "secret"), ("secret\n", "secret"), ("secret\r\n", "secret"), (" pass word \n", " pass word "),
            ("\u{FEFF}secret\n", "secret"), ("pässwörd😀", "pässwörd😀"),
            (String(repeating: "x", count: 4096) + "\r\n", String(repeating: "x", count: 4096)),
        ])
    func file(content: String, password: String) throws {
        let path = try folder.write(content, to: "password")
        #expect(try PasswordSource.file(path).read(environment: [:]) == Secret(password))
    }

    @Test(
        "a file that holds no password says why",
        arguments: [
            ([], "is empty; write the password into it"), ([0x0A], "is empty; write the password into it"),
            ([0x0D, 0x0A], "is empty; write the password into it"),
            ([0x61, 0x0A, 0x0A], "contains more than one line; write only the password into it"),
            ([0x61, 0x0A, 0x62], "contains more than one line; write only the password into it"),
            ([0x61, 0x0D], "contains more than one line; write only the password into it"),
            ([0x61, 0x00, 0x62], "contains a NUL byte; save the password as UTF-8 text"),
            ([0xFF, 0xFE, 0x61, 0x00], "is not UTF-8 text; save it as UTF-8"),
            (
                [UInt8](repeating: 0x61, count: 4097),
                "is longer than 4 KiB; it is probably not the password you meant"
            ),
            ([UInt8](repeating: 0x61, count: 9000), "is larger than 4 KiB; it is probably not the file you meant"),
        ] as [([UInt8], String)])
    func wrongFile(content: [UInt8], message: String) throws {
        let path = try folder.write(content, to: "password")
        #expect(throws: PasswordError("the password file \"\(path)\" \(message)")) {
            try PasswordSource.file(path).read(environment: [:])
        }
    }

    @Test("a file that is missing, a directory or a pipe says so")
    func noFile() throws {
        let pipe = folder.path + "/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        let cases = [
            (folder.path + "/none", "there is no file \"\(folder.path)/none\"; check the path, or create the file"),
            (folder.path, "\"\(folder.path)\" is a directory; name a file in it"),
            (
                pipe,
                "\"\(pipe)\" is not a regular file; it is read again later, so a pipe or a device cannot be used"
            ),
        ]
        for (path, message) in cases {
            #expect(throws: PasswordError("the password file cannot be used: \(message)")) {
                try PasswordSource.file(path).read(environment: [:])
            }
        }
    }

    @Test("a file that may not be read names the user and the remedy")
    func denied() {
        let message = SmallFileError(EACCES)
            .explanation(path: "/etc/p", user: FileUser(name: "exporter", id: 998))
        #expect(
            message == """
                user exporter (uid 998) may not read "/etc/p"; give the file to that user (chown exporter ...; \
                chmod 600 ...), or let its group read it (chmod 640 ...), and let it enter the folders above
                """)
        #expect(FileUser.current.id == geteuid())
        #expect(!FileUser.current.name.isEmpty)
        #expect(SmallFileError(EIO).explanation(path: "/p") == "\"/p\" cannot be read: Input/output error")
    }

    @Test("the file is read again each time")
    func again() throws {
        let source = PasswordSource.file(try folder.write("one", to: "password"))
        #expect(try source.read(environment: [:]).exposed == "one")
        _ = try folder.write("two\n", to: "password")
        #expect(try source.read(environment: [:]).exposed == "two")
    }

    @Test("an environment variable is taken as it is")
    func environment() throws {
        let source = PasswordSource.environment("MAILSTORE_PASSWORD")
        #expect(try source.read(environment: ["MAILSTORE_PASSWORD": " a "]).exposed == " a ")
        #expect(
            throws: PasswordError(
                "the environment variable MAILSTORE_PASSWORD is not set; set it, or use a password file")
        ) { try source.read(environment: [:]) }
        #expect(
            throws: PasswordError("the environment variable MAILSTORE_PASSWORD is empty; write the password into it")
        ) { try source.read(environment: ["MAILSTORE_PASSWORD": ""]) }
    }

    @Test("a file that every user can read is warned of, others are not", arguments: [(0o604, true), (0o640, false)])
    func worldReadable(mode: Int, warned: Bool) throws {
        let path = try folder.write("secret", to: "password", mode: mode)
        let warning = "every user of this machine can read the password file \"\(path)\"; run chmod o-r on it"
        #expect(PasswordSource.file(path).warning() == (warned ? warning : nil))
    }

    @Test("looking at the files finds the problems and the risks of every target")
    func findings() throws {
        let notCertificate = try folder.write("hello", to: "ca.pem")
        let password = try folder.write("secret", to: "password")
        let url = try ServerURL(parsing: "https://a")
        let configuration = Configuration(targets: [
            TargetConfiguration(
                name: "a", url: url, username: "u", password: .environment("NONE"),
                trust: .verified(caFile: notCertificate, pin: nil)),
            TargetConfiguration(
                name: "b", url: url, username: "u", password: .inline(Secret("hunter2")), trust: .unverified),
            TargetConfiguration(
                name: "c", url: url, username: "u", password: .file(password),
                trust: .verified(caFile: folder.path + "/none", pin: nil)),
        ])
        let findings = configuration.checkFiles(environment: [:])
        #expect(
            findings.problems == [
                "target \"a\": the environment variable NONE is not set; set it, or use a password file",
                "target \"a\": the CA file \"\(notCertificate)\" contains no certificate in PEM form "
                    + "(-----BEGIN CERTIFICATE-----); convert one in DER form with openssl x509 -inform DER",
                "target \"c\": the CA file cannot be used: there is no file \"\(folder.path)/none\"; "
                    + "check the path, or create the file",
            ])
        #expect(findings.warnings.count == 2)
        #expect(findings.warnings.allSatisfy { $0.hasPrefix("target \"b\": ") && !$0.contains("hunter2") })
    }
}
