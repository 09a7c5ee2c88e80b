import Foundation
import MailStoreAPI
import OperatingSystem
import TestSupport
import Testing

@Suite("Arguments of calls")
struct FormFieldTests {
    @Test(
        "are written as a form in UTF-8",
        arguments: [
            ([], ""),
            ([FormField("id", "11")], "id=11"),
            ([FormField("a", ""), FormField("b", "")], "a=&b="),
            ([FormField("", ""), FormField("", "x")], "=&=x"),
            ([FormField("a b", "c d")], "a+b=c+d"),
            ([FormField("q", "1&2=3+4%5")], "q=1%262%3D3%2B4%255"),
            ([FormField("keep", "AZaz09*-._")], "keep=AZaz09*-._"),
            ([FormField("escape", "~!'()/?:@$,;[]")], "escape=%7E%21%27%28%29%2F%3F%3A%40%24%2C%3B%5B%5D"),
            ([FormField("ü", "Grüße 🗄")], "%C3%BC=Gr%C3%BC%C3%9Fe+%F0%9F%97%84"),
            ([FormField("lines", "a\r\n\u{0}")], "lines=a%0D%0A%00"),
            ([FormField("timeZoneID", "$Local")], "timeZoneID=%24Local"),
        ] as [([FormField], String)])
    func encoding(fields: [FormField], body: String) {
        #expect(String(decoding: FormField.encode(fields), as: UTF8.self) == body)
    }

    @Test("booleans are written in lower case, numbers plainly, date-times without zone and fraction")
    func types() throws {
        let begin = try #require(CivilDateTime(year: 2026, month: 1, day: 2, hour: 3, minute: 4, second: 5))
        let fields = [
            FormField("includeSize", true), FormField("raw", false), FormField("version", Int64.min),
            FormField("fromIncluding", begin),
        ]
        #expect(
            String(decoding: FormField.encode(fields), as: UTF8.self)
                == "includeSize=true&raw=false&version=-9223372036854775808&fromIncluding=2026-01-02T03%3A04%3A05")
    }

    @Test("the documented get-status is written byte for byte")
    func seed() {
        let fields = [
            FormField("token", "b3af0ebae4dd755d1a54b9756817baee"), FormField("lastKnownStatusVersion", Int64(3)),
            FormField("millisecondsTimeout", Int64(5000)),
        ]
        let body = "token=b3af0ebae4dd755d1a54b9756817baee&lastKnownStatusVersion=3&millisecondsTimeout=5000"
        #expect(String(decoding: FormField.encode(fields), as: UTF8.self) == body)
    }

    @Test("any text is read back equal by an independent decoder", arguments: 0..<10)
    func roundTrip(seed: Int) throws {
        var generator = SeededRandom(seed: seed)
        for _ in 0..<50 {
            let scalars = (0..<10).compactMap { _ in UnicodeScalar(UInt32.random(in: 0...0x2FFF, using: &generator)) }
            let text = String(String.UnicodeScalarView(scalars))
            let body = String(decoding: FormField.encode([FormField("v", text)]), as: UTF8.self)
            let value = try #require(body.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).last)
            #expect(value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "&") })
            #expect(value.replacingOccurrences(of: "+", with: " ").removingPercentEncoding == text)
        }
    }
}
