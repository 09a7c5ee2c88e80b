import Foundation
import MailStoreAPI
import OperatingSystem
import TestSupport
import Testing

@Suite("The Date header")
struct HTTPDateTests {
    @Test(
        "is read in the form that servers send",
        arguments: [
            ("Thu, 26 Jun 2014 14:13:43 GMT", 1_403_792_023), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799), ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
            ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_799),
        ] as [(String, Double)])
    func known(text: String, seconds: Double) {
        #expect(HTTPDate.parse(text) == Timestamp(secondsSince1970: seconds))
    }

    @Test(
        "anything else is none",
        arguments: [
            "", "now", "Thu, 26 Jun 2014 14:13:43", "Thu, 26 Jun 2014 14:13:43 UTC", "Thu, 26 Jun 2014 14:13:43 +0000",
            "Thursday, 26-Jun-14 14:13:43 GMT", "Thu Jun 26 14:13:43 2014", "Thu, 30 Feb 2014 14:13:43 GMT",
            "Thu, 26 jun 2014 14:13:43 GMT", "Thu, 26 Juni 2014 14:13:43 GMT", "Thu, 26 Jun 2014 24:13:43 GMT",
            "Thu, 26 Jun 2014 14:13:61 GMT", "Thu, 26 Jun 2014 14:13:-1 GMT", "Thu, 26 Jun 2014 14:13 GMT",
            "Thu, 26 Jun 2014 14:13:43:00 GMT", "Thu, +6 Jun 2014 14:13:43 GMT", "Thu, 6 Jun 2014 14:13:43 GMT",
            "Thu, 26 Jun 99999999999999999999 14:13:43 GMT", "Thu, 26 Jun 0000 14:13:43 GMT",
            "Thu,  26 Jun 2014 14:13:43 GMT", "Thu, 26 Jun 2014 14:13:43 GMT ", "Thu, ٢٦ Jun 2014 14:13:43 GMT",
        ])
    func refused(text: String) {
        #expect(HTTPDate.parse(text) == nil)
    }

    @Test("what Foundation writes is read back equal", arguments: 0..<4)
    func foundation(seed: Int) throws {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        var generator = SeededRandom(seed: seed)
        for _ in 0..<200 {
            let seconds = Double(Int64.random(in: 0...253_402_300_799, using: &generator))
            let text = formatter.string(from: Date(timeIntervalSince1970: seconds))
            #expect(HTTPDate.parse(text) == Timestamp(secondsSince1970: seconds), "\(text)")
        }
    }
}
