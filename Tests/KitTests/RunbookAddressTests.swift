import Testing

@testable import Kit

@Suite("The address of the runbook")
struct RunbookAddressTests {
    @Test(
        "is a web address",
        arguments: [
            "https://wiki.example.com/mailstore", "http://wiki/", "https://[::1]:8080/a%20b?page=1&x=(y)",
            "HTTPS://wiki", "HttP://wiki:80", "https://wiki/@mail?to=a@b", "https://wiki?to=a@b",
        ])
    func good(_ text: String) throws {
        #expect(try RunbookAddress(parsing: text).text == text)
    }

    @Test(
        "is rejected if the link would not work or the rules would not be YAML any more",
        arguments: [
            ("", "web address"), ("wiki.example.com", "web address"), ("ftp://wiki", "web address"),
            ("https://", "web address"), ("https:///mailstore", "web address"), ("runbook.md", "web address"),
            ("https://:8080/x", "web address"), ("https://?page=1", "web address"), ("https://#x", "web address"),
            ("https://[]/x", "web address"), ("https://[::1/x", "web address"), ("https://[::1]x", "web address"),
            ("https://wiki:port/x", "web address"), ("https:/wiki", "web address"), ("HTTPSwiki", "web address"),
            ("https://wiki/mailstore#alerts", "fragment"), ("https://wiki/a b", "percent-encode"),
            ("https://wiki/\"", "percent-encode"), ("https://wiki/it's", "percent-encode"),
            ("https://wiki/{{ $value }}", "percent-encode"), ("https://wiki/Größe", "percent-encode"),
            ("https://wiki/\nexpr: 1", "percent-encode"),
        ])
    func bad(_ text: String, says: String) {
        let error = #expect(throws: KitError.self) { try RunbookAddress(parsing: text) }
        #expect(error?.description.contains(says) == true)
    }

    @Test(
        "is rejected if it has a user name, whatever else is wrong, without repeating a password",
        arguments: [
            "https://anna:s3cret@wiki/x", "https://anna@wiki", "https://@wiki", "HTTP://:s3cret@wiki:80?x",
            "https://anna:s3cret@wiki/x#part", "https://an na:s3cret@wiki", "https://s3cret@",
        ])
    func userInformation(_ text: String) {
        let error = #expect(throws: KitError.self) { try RunbookAddress(parsing: text) }
        #expect(error?.description.contains("user name or password") == true)
        #expect(error?.description.contains("s3cret") == false)
    }

    @Test(
        "replaces the file only in links to it",
        arguments: [
            ("  runbook_url: runbook.md#a", "  runbook_url: https://wiki/x#a"),
            ("runbook_url:   \"runbook.md#a\"", "runbook_url:   \"https://wiki/x#a\""),
            ("runbook_url: 'runbook.md#a'", "runbook_url: 'https://wiki/x#a'"),
            ("runbook_url: runbook.md", "runbook_url: runbook.md"),
            ("runbook_url: other.md#runbook.md#a", "runbook_url: other.md#runbook.md#a"),
            ("# runbook_url: runbook.md#a", "# runbook_url: runbook.md#a"),
            ("description: see runbook.md#a", "description: see runbook.md#a"),
            ("", ""),
        ])
    func replacing(line: String, expected: String) throws {
        let address = try RunbookAddress(parsing: "https://wiki/x")
        #expect(address.replaceFile(in: "\(line)\n\n\(line)\n") == "\(expected)\n\n\(expected)\n")
    }
}
