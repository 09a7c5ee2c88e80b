import Foundation
import Testing

/// The reference is Debian's `prometheus-node-exporter`.
@Suite("A web configuration file", WithWebScenery())
struct WebAgreementTests {
    @Test(
        "means to this exporter what it means to node_exporter, but for the listed differences", arguments: WebCase.all)
    func agrees(_ webCase: WebCase) async throws {
        let scenery = try WithWebScenery.scenery
        try await Seats.shared.seated {
            let file = try scenery.write(webCase)
            var expected = [WebProgram.start: webCase.starts ? WebVerdict.starts : WebVerdict.refusesToStart]
            for client in webCase.clients { expected[client.name] = client.gets }
            let reference = try await WebProgram.nodeExporter.verdicts(on: webCase, file, in: scenery)
            try expect(reference, expected, of: .nodeExporter)

            for difference in WebDifference.all where difference.case == webCase.name {
                // What the reference does as well is no difference; one that is gone is found below.
                #expect(expected[difference.client] != difference.verdict, "“\(difference.client)” is no difference")
                expected[difference.client] = difference.verdict
            }
            let own = try await WebProgram.exporter.verdicts(on: webCase, file, in: scenery)
            if expected[WebProgram.start] == WebVerdict.refusesToStart {
                expected = [WebProgram.start: WebVerdict.refusesToStart]
            }
            try expect(own, expected, of: .exporter)
        }
    }

    private func expect(_ found: [String: String], _ expected: [String: String], of program: WebProgram) throws {
        for (client, verdict) in expected.sorted(by: { $0.key < $1.key }) {
            #expect(found[client] == verdict, "\(program.rawValue): \(client)")
        }
        #expect(found.count == expected.count)
    }

    @Test("is in the table once, and so is each of its clients")
    func names() {
        #expect(Set(WebCase.all.map(\.name)).count == WebCase.all.count)
        for webCase in WebCase.all {
            #expect(Set(webCase.clients.map(\.name)).count == webCase.clients.count, "\(webCase.name)")
        }
    }

    @Test("is in the table for each listed difference, which has a reason", arguments: WebDifference.all)
    func differences(_ difference: WebDifference) throws {
        let webCase = try #require(WebCase.all.first { $0.name == difference.case }, "\(difference.case)")
        let clients = webCase.clients.map(\.name) + [WebProgram.start]
        #expect(clients.contains(difference.client), "\(difference.client)")
        #expect(difference.reason.count > 20)
    }
}

/// What came of a program or of a request, as a text that two programs can be compared by.
enum WebVerdict {
    static let starts = "starts"
    static let refusesToStart = "refuses to start"
    /// There was no reply: the connection ended in the handshake or before a reply.
    static let noReply = "no reply"

    private static let headers = [
        "Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options",
        "X-XSS-Protection", "WWW-Authenticate",
    ]

    /// Exit codes of curl for an end in HTTP/2's framing, in the handshake, without a reply, in sending, in receiving.
    ///
    /// 60 is what curl makes of the alert that the client's certificate has expired.
    private static let codesWithoutReply: [Int32] = [16, 35, 52, 55, 56, 60]

    /// Has a client make its request.
    ///
    /// - Returns: ``noReply``, or the status, and below it the headers that the file format is about.
    /// - Throws: where curl fails in another way, which says nothing of the server.
    static func ask(_ url: String, _ client: WebClient, in scenery: WebScenery) async throws -> String {
        let status = client.tellsVersion ? "%{http_code} by HTTP/%{http_version}" : "%{http_code}"
        let form = ([status] + headers.map { "%header{\($0)}" }).joined(separator: "|")
        let program = try RunningProgram(
            "curl",
            ["-q", "--silent", "--show-error", "--insecure", "--noproxy", "*", "--max-time", "10"]
                + ["--output", "/dev/null", "--write-out", form]
                + client.arguments.map(scenery.filled) + [url])
        let ending = try await program.waitForEnd()
        guard case .exit(let code) = ending, code == 0 || codesWithoutReply.contains(code) else {
            throw TestFailure("curl, for “\(client.name)”, ended (\(ending)): \(program.errors)")
        }
        if code != 0 { return noReply }
        let values = program.output.components(separatedBy: "|").map {
            $0.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        // An empty header says as much as none.
        let found = zip(headers, values.dropFirst()).filter { !$0.1.isEmpty }.map { "\($0.0): \($0.1)" }
        return ([values[0]] + found).joined(separator: "\n")
    }
}

/// Something that this exporter does otherwise than the programs that share the file format, and why.
struct WebDifference: Sendable, CustomTestStringConvertible {
    /// The name of a ``WebCase``.
    var `case`: String
    /// The name of one of its clients, or ``WebProgram/start``.
    var client: String
    /// What this exporter does, in the words of ``WebVerdict``.
    var verdict: String
    var reason: String

    var testDescription: String { "\(self.case): \(client)" }

    static let all = refusals + acceptances + handshakes

    /// Files that would not do what their author wanted, so that the exporter does not start on them.
    private static let refusals: [WebDifference] = [
        refuses("settings of TLS without a certificate", "the pages would be served in plain text, against the intent"),
        refuses("TLS 1.3 down to 1.2", "no version is left, so no client would ever get in"),
        refuses("suites of TLS 1.3, up to TLS 1.2", "no suite is left, so no client would ever get in"),
        refuses("a client CA that is no certificate", "no certificate could be verified, so nobody would get in"),
        refuses("a user without a name", "a client that sends no user is not one that somebody chose to let in"),
        refuses("a user name with a colon", "HTTP Basic ends the name at the first colon, so the user cannot get in"),
        refuses("a cost that takes minutes", "one check outlasts every scrape; costs above 18 are mistakes"),
        refuses("a hash that lacks its last character", "no password fits what is left of the hash"),
        refuses(
            "a hash with a character too many", "the hash was not copied right; Go compares the first 60 characters"),
        refuses(
            "a hash of a retired form", "2x marks hashes of a broken implementation, which Go checks as if they were 2y"
        ),
        refuses("a hash of the oldest form", "crypt(3) no longer checks hashes of this form"),
        refuses(
            "a hash of MD5 that looks like one of bcrypt", "the number of the method says that no bcrypt was meant"),
        refuses("a header of two lines", "the line break would be sent as a space, which nobody can have meant"),
        refuses("a merge key", "anchors are understood and merge keys are not, which YAML 1.2 has no longer"),
        refuses("a second document", "what stands in it would be left out without a word"),
    ]

    /// Files that this exporter takes, and the version of the shared format that Debian has does not.
    private static let acceptances: [WebDifference] = [
        takes("a certificate in the file itself", "later versions of the shared format have cert and key"),
        takes("names of clients", "later versions of the shared format have client_allowed_sans"),
        takes("a rate limit", "later versions of the shared format have rate_limit"),
        takes("paths without a password", "probes of an orchestrator need /-/healthy without a password"),
        takes("suites that HTTP/2 forbids", "HTTP/2 is never spoken, so its rules for suites do not apply"),
        takes("an empty version", "an empty value is an absent one, as it is for the other keys of TLS"),
        takes("a switch in quotes", "quotes leave no doubt of what is meant"),
    ]

    private static let handshakes: [WebDifference] = [
        WebDifference(
            case: "TLS", client: "with HTTP/2", verdict: "200 by HTTP/1.1",
            reason: "libmicrohttpd speaks HTTP/1 alone; the client agrees on that in the handshake"),
        WebDifference(
            case: "no suite named", client: "ECDHE-ECDSA-AES128-SHA with HTTP/2", verdict: "200",
            reason: "HTTP/2 is never spoken, so its rules for suites do not apply"),
        WebDifference(
            case: "no suite named", client: "ECDHE-ECDSA-AES128-CCM", verdict: "200",
            reason: "GnuTLS offers the safe suites of CCM besides, which Go does not have"),
        WebDifference(
            case: "no suite named, and an RSA key", client: "AES128-GCM-SHA256", verdict: WebVerdict.noReply,
            reason: "suites without forward secrecy are offered where they are named, as in Go since 1.22"),
        WebDifference(
            case: "one suite", client: "TLS_AES_128_GCM_SHA256", verdict: WebVerdict.noReply,
            reason: "in GnuTLS the ciphers of the list are those of TLS 1.3 too"),
        WebDifference(
            case: "one suite", client: "TLS_CHACHA20_POLY1305_SHA256", verdict: WebVerdict.noReply,
            reason: "in GnuTLS the ciphers of the list are those of TLS 1.3 too"),
        WebDifference(
            case: "suites without one of TLS 1.3's ciphers", client: "ECDHE-ECDSA-AES128-GCM-SHA256", verdict: "200",
            reason: "TLS 1.3 needs one of its ciphers, and in GnuTLS they are offered for TLS 1.2 then"),
        WebDifference(
            case: "two suites", client: "ECDHE-ECDSA-AES128-GCM-SHA256", verdict: "200",
            reason: "GnuTLS takes every key exchange of the list with every cipher of it"),
    ]

    private static func refuses(_ name: String, _ reason: String) -> WebDifference {
        WebDifference(case: name, client: WebProgram.start, verdict: WebVerdict.refusesToStart, reason: reason)
    }

    private static func takes(_ name: String, _ reason: String) -> WebDifference {
        WebDifference(case: name, client: WebProgram.start, verdict: WebVerdict.starts, reason: reason)
    }
}
