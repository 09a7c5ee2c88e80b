import CCurl
import Glibc
import MailStoreAPI
import Testing

@testable import CurlTransport

@Suite("The meaning of libcurl's codes")
struct FailureTests {
    private func failure(_ code: CURLcode, _ change: (inout CurlFailure) -> Void = { _ in }) -> CurlFailure {
        let endpoint = Endpoint(CurlOptions(baseURL: "https://archive.example.com:8463"))
        var failure = CurlFailure(code: code, endpoint)
        change(&failure)
        return failure
    }

    @Test(
        "each code has its kind",
        arguments: [
            (CURLE_COULDNT_RESOLVE_HOST, TransportError.Kind.dns), (CURLE_COULDNT_RESOLVE_PROXY, .dns),
            (CURLE_COULDNT_CONNECT, .connect), (CURLE_GOT_NOTHING, .connect), (CURLE_RECV_ERROR, .connect),
            (CURLE_SEND_ERROR, .connect), (CURLE_SSL_CONNECT_ERROR, .tls), (CURLE_PEER_FAILED_VERIFICATION, .tls),
            (CURLE_SSL_PINNEDPUBKEYNOTMATCH, .tls), (CURLE_SSL_CACERT_BADFILE, .tls), (CURLE_SSL_CIPHER, .tls),
            (CURLE_SSL_CERTPROBLEM, .tls), (CURLE_SSL_ISSUER_ERROR, .tls), (CURLE_SSL_INVALIDCERTSTATUS, .tls),
            (CURLE_OPERATION_TIMEDOUT, .timeout), (CURLE_PARTIAL_FILE, .truncated),
            (CURLE_FILESIZE_EXCEEDED, .tooLarge), (CURLE_ABORTED_BY_CALLBACK, .cancelled),
            (CURLE_OUT_OF_MEMORY, .connect),
        ])
    func kinds(code: CURLcode, kind: TransportError.Kind) {
        #expect(failure(code).kind == kind)
    }

    @Test("a connection that breaks is a truncated reply only once the reply has begun")
    func brokenConnection() {
        #expect(failure(CURLE_RECV_ERROR) { $0.phase = .awaitingReply }.kind == .connect)
        #expect(failure(CURLE_RECV_ERROR) { $0.phase = .receiving }.kind == .truncated)
    }

    @Test("a refused write is a reply that is too large only where the limit was met")
    func refusedWrite() {
        #expect(failure(CURLE_WRITE_ERROR) { $0.overflowed = true }.kind == .tooLarge)
        #expect(failure(CURLE_WRITE_ERROR).kind == .connect)
    }

    @Test("every code there is, and those to come, make a sentence that names the server")
    func everyCode() {
        for raw in UInt32(1)...200 {
            let error = failure(CURLcode(rawValue: raw)) { $0.detail = "a detail" }.error
            #expect(error.description.contains("archive.example.com"))
            #expect([".", "?"].contains(error.description.last.map(String.init)))
        }
    }

    @Test(
        "a process without free descriptors blames neither the CA file, nor the name, nor the network",
        arguments: [
            CURLE_SSL_CACERT_BADFILE, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_FAILED_INIT,
        ], [EMFILE, ENFILE])
    func outOfDescriptors(code: CURLcode, error: Int32) {
        let failure = failure(code) { $0.openError = error }
        #expect(failure.kind == .connect)
        #expect(!failure.concernsCertificate)
        #expect(failure.explanation.contains("too many of its files and connections are open"))
        #expect(failure.explanation.contains("LimitNOFILE"))
    }

    @Test("a CA file that holds a certificate is not said to hold none")
    func transientFile() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(try TestCertificate().pem, to: "ca.pem")
        let endpoint = Endpoint(CurlOptions(baseURL: "https://archive.example.com:8463", caFile: file))
        let text = CurlFailure(code: CURLE_SSL_CACERT_BADFILE, endpoint).explanation
        #expect(text.contains("could not be read a moment ago"))
        #expect(!text.contains("holds no certificate"))
    }

    @Test("an address that cannot be reached is told with the system's reason")
    func unreachable() {
        let text = failure(CURLE_COULDNT_CONNECT) { $0.systemError = ENETUNREACH }.explanation
        #expect(text.contains("cannot be reached (Network is unreachable)"))
    }

    @Test(
        "plain HTTP is recognised by what the TLS library says of it",
        arguments: [
            "error:0A00010B:SSL routines::wrong version number", "error:0A0000C6:SSL routines::packet length too long",
        ])
    func plainHTTP(detail: String) {
        let text = failure(CURLE_SSL_CONNECT_ERROR) { $0.detail = detail }.explanation
        #expect(text.contains("archive.example.com:8463 does not speak TLS"))
    }

    @Test("what a server writes into its certificate cannot break or flood a log line")
    func hostileSubject() {
        let subject = "CN=a\nERROR forged\u{1B}[31m" + String(repeating: "x", count: 5000)
        let text = failure(CURLE_PEER_FAILED_VERIFICATION) {
            $0.verification = 18
            $0.certificate = CertificateInfo(
                notAfter: 0, notBefore: 0, subject: subject, issuer: subject, publicKeyPin: "", verified: false)
        }.explanation
        #expect(!text.unicodeScalars.contains { $0.properties.generalCategory == .control })
        #expect(text.count < 1500)
    }

    @Test(
        "days are written in UTC",
        arguments: [
            (Int64(0), "1970-01-01"), (1_767_225_599, "2025-12-31"), (1_767_225_600, "2026-01-01"),
            (253_402_300_799, "9999-12-31"), (.max, "an unknown day"),
        ])
    func days(seconds: Int64, day: String) {
        #expect(CurlFailure.day(seconds) == day)
    }

    @Test(
        "the server is named by host and port",
        arguments: [
            ("https://archive.example.com:8463/", "archive.example.com:8463"), ("https://archive", "archive:443"),
            ("https://[::1]:8463", "[::1]:8463"), ("https://[fe80::1%25lo]:1", "[fe80::1%lo]:1"),
            ("https://u:p@archive:1", "archive:1"), ("", "the configured URL"),
        ])
    func endpoints(url: String, endpoint: String) {
        #expect(Endpoint(CurlOptions(baseURL: url)).address == endpoint)
    }
}
