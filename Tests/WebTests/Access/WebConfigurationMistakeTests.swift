import TestSupport
import Testing

@testable import Web

@Suite("Mistakes in the web configuration file")
struct WebConfigurationMistakeTests {
    static let remedy = "make one with htpasswd -nBC 10 NAME and write the part after the colon"

    @Test(
        "a mistake is named with line, key and remedy",
        arguments: [
            ("tls: {}", ["tls: unknown key; did you mean \"tls_server_config\"?"]),
            ("cert_file: x", ["cert_file: unknown key here; it belongs in tls_server_config"]),
            (
                "password: x",
                [
                    "password: unknown key; the known keys are tls_server_config, http_server_config, basic_auth_users, "
                        + "auth_excluded_paths, rate_limit"
                ]
            ),
            ("basic_auth_users: [alice]", ["basic_auth_users: must contain keys and values, not a list"]),
            (
                "http_server_config: { headers: { x-frame-options: deny } }",
                ["http_server_config.headers.x-frame-options: unknown key; did you mean \"X-Frame-Options\"?"]
            ),
            (
                "http_server_config: { headers: { Server: x } }",
                [
                    "http_server_config.headers.Server: unknown key; the known keys are Content-Security-Policy, "
                        + "Strict-Transport-Security, X-Content-Type-Options, X-Frame-Options, X-XSS-Protection"
                ]
            ),
            (
                "http_server_config: { headers: { X-Frame-Options: DENY } }",
                ["http_server_config.headers.X-Frame-Options: must be deny or sameorigin, not \"DENY\""]
            ),
            (
                "http_server_config: { headers: { X-Frame-Options: '' } }",
                ["http_server_config.headers.X-Frame-Options: must be deny or sameorigin, not \"\""]
            ),
            (
                "http_server_config: { headers: { X-Content-Type-Options: sniff } }",
                ["http_server_config.headers.X-Content-Type-Options: must be nosniff, not \"sniff\""]
            ),
            (
                "http_server_config: { headers: { Content-Security-Policy: \"a\\r\\nSet-Cookie: b\" } }",
                [
                    "http_server_config.headers.Content-Security-Policy: contains a line break or another control "
                        + "character; write it on one line"
                ]
            ),
            (
                "http_server_config: { http2: maybe }",
                ["http_server_config.http2: must be true or false, not \"maybe\""]
            ),
            (
                "rate_limit: { interval: 1s }",
                ["rate_limit.burst: is missing, so no request would be answered; add for example burst: 20"]
            ),
            (
                "rate_limit: { interval: 1s, burst: 0 }",
                ["rate_limit.burst: is 0, so no request would be answered; write for example 20"]
            ),
            (
                "rate_limit: { burst: 5 }",
                ["rate_limit.interval: is missing, so nothing is limited; add for example interval: 1s"]
            ),
            (
                "rate_limit: { interval: 5, burst: -1 }",
                [
                    "rate_limit.interval: \"5\" has no unit; \(GoValue.durationHint)",
                    "rate_limit.burst: must be a whole number from 0 to 1000000, not \"-1\"",
                ]
            ),
            (
                "auth_excluded_paths: [healthy, /a?b, [x]]",
                [
                    "auth_excluded_paths[0]: \"healthy\" is not a path; begin it with a slash, such as /-/healthy",
                    "auth_excluded_paths[1]: \"/a?b\" is not a path; begin it with a slash, such as /-/healthy",
                    "auth_excluded_paths[2]: must be a single value, not a list",
                ]
            ),
            (
                "auth_excluded_paths: /-/healthy",
                ["auth_excluded_paths: must be a list (items that begin with -)"]
            ),
        ])
    func mistakes(line: String, expected: [String]) throws {
        #expect(try WebExample("# settings\n\(line)").mistakes() == expected.map { "web.yml:2: \($0)" })
    }

    @Test(
        "a password that is not a whole bcrypt hash is refused without being shown",
        arguments: [
            ("hunter2", "is not a bcrypt hash (they begin with $2y$, $2b$ or $2a$); \(remedy)"),
            (
                "$apr1$hunter2$k9uVJTHxvKBkcYnX4rS5b0",
                "is not a bcrypt hash (they begin with $2y$, $2b$ or $2a$); \(remedy)"
            ),
            ("", "has no hash; \(remedy)"),
            (
                "alice:\(WebExample.Hash.horse)",
                "is more than a bcrypt hash; of htpasswd's output write only the part after the colon"
            ),
            (
                WebExample.Hash.horse.replacing("$2b$", with: "$2x$"),
                "is a bcrypt hash in an obsolete form; \(remedy)"
            ),
            (
                String(WebExample.Hash.horse.dropLast()),
                "is a damaged bcrypt hash (a whole one has 60 characters); \(remedy)"
            ),
            (
                WebExample.Hash.horse.replacing("$04$", with: "$0x$"),
                "is a damaged bcrypt hash (a whole one has 60 characters); \(remedy)"
            ),
            (
                WebExample.Hash.horse.replacing("/", with: "!"),
                "is a damaged bcrypt hash (a whole one has 60 characters); \(remedy)"
            ),
            (
                WebExample.Hash.horse.replacing("$04$", with: "$03$"),
                "has the cost 3, outside the range from 4 to 18; \(remedy)"
            ),
            (
                WebExample.Hash.horse.replacing("$04$", with: "$31$"),
                "has the cost 31, outside the range from 4 to 18; \(remedy)"
            ),
        ])
    func hashes(hash: String, expected: String) throws {
        let mistakes = try WebExample("basic_auth_users:\n  alice: '\(hash)'").mistakes()
        #expect(mistakes == ["web.yml:2: basic_auth_users.alice: \(expected)"])
        if !hash.isEmpty { #expect(!mistakes.joined().contains(hash)) }
    }

    @Test("all mistakes of a file are reported at once, in the order of their lines")
    func allAtOnce() throws {
        let text = """
            basic_auth_users:
              "a:b": \(WebExample.Hash.horse)
              carol: [hunter2]
              carol: \(WebExample.Hash.horse)
            tls_server_config:
              cert_file: server.crt
              key: hunter2
            rate_limits: {}
            """
        #expect(
            try WebExample(text).mistakes() == [
                "web.yml:2: basic_auth_users.\"a:…\": contains a colon, which HTTP basic authentication cannot send; "
                    + "write the user name only",
                "web.yml:3: basic_auth_users.carol: must be a bcrypt hash, not a list",
                "web.yml:4: basic_auth_users.carol: is set twice, first in line 3; keep one",
                "web.yml:7: tls_server_config.key: contains no private key in PEM (a line "
                    + "\"-----BEGIN PRIVATE KEY-----\"); give the key that belongs to the certificate",
                "web.yml:8: rate_limits: unknown key; did you mean \"rate_limit\"?",
            ])
    }

    @Test("a file that cannot be read, or is not YAML, is reported as such")
    func unreadable() throws {
        #expect(
            try WebExample(nil).mistakes() == [
                "--web.config.file: there is no file \"web.yml\"; check the path, or create the file"
            ])
        #expect(try WebExample("- a").mistakes() == ["web.yml:1: must contain keys and values, not a list"])
        let broken = try WebExample("basic_auth_users: {hunter2").mistakes()
        #expect(broken.count == 1)
        #expect(broken.first?.hasPrefix("web.yml:") == true)
        #expect(broken.first?.contains("the file is not valid YAML") == true)
        #expect(broken.first?.contains("hunter2") == false)
        let example = try WebExample(nil)
        _ = try example.folder.write([0xFF, 0xFE, 0x61], to: "web.yml")
        #expect(example.mistakes() == ["--web.config.file: \"web.yml\" is not UTF-8 text; save it as UTF-8"])
    }
}
