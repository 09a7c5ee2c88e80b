import Foundation
import MailStoreAPI
import TestSupport
import Testing

@testable import Web

@Suite("Credentials of HTTP Basic")
struct BasicCredentialsTests {
    @Test(
        "user and password are parted at the first colon",
        arguments: [
            ("Basic YWxpY2U6c2VjcmV0", "alice", "secret"), ("bASIC YWxpY2U6c2VjcmV0", "alice", "secret"),
            ("Basic YTpiOmM=", "a", "b:c"), ("Basic Og==", "", ""), ("Basic YTo=", "a", ""),
        ])
    func parted(header: String, user: String, password: String) {
        #expect(
            BasicCredentials(authorization: header)
                == BasicCredentials(user: Array(user.utf8), password: Array(password.utf8)))
    }

    @Test(
        "anything else holds no credentials",
        arguments: [
            "", "Basic", "Basic ", "Bearer YWxpY2U6c2VjcmV0", "BasicYWxpY2U6c2VjcmV0", "Basic YWxpY2U",
            "Basic YTpiOmM", "Basic YT=iOmM=", "Basic ====", "Basic YTpiOmM-", "Basic YWxp",
            "Basic YWxpY2U6c2Vjcm\u{FFFD}",
        ])
    func none(header: String) {
        #expect(BasicCredentials(authorization: header) == nil)
    }

    @Test("all bytes survive, as Foundation encodes them")
    func bytes() {
        for length in 0...70 {
            let password = (0..<length).map { UInt8(($0 * 37 + length * 11) % 256) }
            let text = Data([UInt8(ascii: "u"), UInt8(ascii: ":")] + password).base64EncodedString()
            #expect(BasicCredentials(authorization: "Basic " + text)?.password == password)
        }
    }

    @Test("they are not shown")
    func shown() throws {
        let credentials = try #require(BasicCredentials(authorization: "Basic YWxpY2U6c2VjcmV0"))
        var printed = "\(credentials)"
        dump(credentials, to: &printed)
        #expect(!printed.contains("115"))
        #expect(printed.contains("<secret>"))
    }
}
