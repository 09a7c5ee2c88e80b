import Foundation
import Testing

@testable import Configuration
@testable import PlainText

@Suite("Small values")
struct SmallValueTests {
    @Test(
        "a size is bytes, KiB or MiB",
        arguments: [
            ("65536", 65536, "64KiB"), ("64MiB", 67_108_864, "64MiB"), ("1500", 1500, "1500"),
            ("1 GiB", 1_073_741_824, "1GiB"),
        ])
    func size(text: String, bytes: Int, printed: String) throws {
        let size = try ByteSize(parsing: text)
        #expect(size.bytes == bytes)
        #expect(size.description == printed)
    }

    @Test(
        "a wrong size is refused",
        arguments: ["", "64MB", "MiB", "-1", "1023", "2GiB", "9999999999999999MiB", "1.5MiB"])
    func wrongSize(text: String) {
        #expect(throws: InvalidValue.self) { try ByteSize(parsing: text) }
    }

    static let pin = "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

    @Test("a pin is the base64 of 32 bytes, and may have a successor")
    func pins() throws {
        #expect(try PublicKeyPin(parsing: Self.pin).description == Self.pin)
        let both = Self.pin + ";" + Self.pin
        #expect(try PublicKeyPin(parsing: both).description == both)
    }

    @Test(
        "a wrong pin says what a pin is",
        arguments: [
            ("sha256//short", "is not complete"), ("", "does not begin with sha256//"), (pin + ";", "does not begin"),
            ("sha256//!!DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "is not complete"),
            ("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "does not begin with sha256//"),
            ("E3:B0:C4:42:98:FC:1C:14:9A:FB:F4:C8:99:6F:B9:24:27:AE:41:E4", "is a certificate's fingerprint"),
        ])
    func wrongPin(text: String, part: String) {
        let error = #expect(throws: InvalidValue.self) { try PublicKeyPin(parsing: text) }
        #expect(error?.description.contains(part) == true)
        #expect(error?.description.contains("a pin is sha256// and 44 characters of base64") == true)
    }

    @Test("a time zone is an IANA name or UTC", arguments: ["Europe/Berlin", "America/New_York", "UTC", "Etc/UTC"])
    func timeZone(name: String) throws {
        #expect(try TimeZone.configured(name).configuredName == name)
    }

    @Test(
        "other names of time zones are refused",
        arguments: [
            ("Europe/Berln", "did you mean \"Europe/Berlin\"?"), ("GMT+2", "is not a known time zone"),
            ("EST", "is not a known time zone"), ("", "write an IANA name, such as Europe/Berlin"),
            ("W. Europe Standard Time", "write an IANA name, such as Europe/Berlin"),
        ])
    func wrongTimeZone(name: String, part: String) {
        let error = #expect(throws: InvalidValue.self) { try TimeZone.configured(name) }
        #expect(error?.description.contains(part) == true)
    }

    @Test(
        "a misspelt name finds the one that was meant",
        arguments: [
            ("pin", "pinned_public_key"), ("passwordFile", "password_file"), ("password-env", "password_env"),
            ("nmae", "name"), ("URL", "url"), ("ca", "ca_file"), ("user", "username"),
        ])
    func nearest(word: String, meant: String) {
        let known = ConfigurationSchema.target + ConfigurationSchema.tls
        #expect(NearestName.find(word, among: known) == meant)
    }

    @Test(
        "a name that is like none finds nothing",
        arguments: ["", "retention", "x", String(repeating: "n", count: 99)])
    func farAway(word: String) {
        #expect(NearestName.find(word, among: ConfigurationSchema.target) == nil)
    }

    @Test("a quoted text is one bounded line")
    func quoted() {
        #expect(QuotedText("a\n\"b\\\u{7}").description == #""a\n\"b\\\u{07}""#)
        #expect(QuotedText(String(repeating: "ä", count: 200)).description.count == QuotedText.longest + 3)
    }
}
