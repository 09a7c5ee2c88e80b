import MailStoreAPI
import Testing

@Suite("The action of a job")
struct JobActionTests {
    @Test(
        "is named by its first word",
        arguments: [
            ("VerifyStores", "VerifyStores"), ("VerifyStores --includeIndexes=false", "VerifyStores"),
            ("  \tCreateBackup --path \"D:\\x\"", "CreateBackup"), ("", ""), (" \r\n ", ""), ("a\u{A0}b", "a"),
        ])
    func name(line: String, expected: String) {
        #expect(JobAction(line).name == expected)
        #expect(JobAction(line).commandLine == line)
    }

    @Test(
        "has options, written in several ways",
        arguments: [
            ("VerifyStore --id=11", "11"), ("VerifyStore --id 11", "11"), ("VerifyStore --ID=\"11\"", "11"),
            ("VerifyStore --includeIndexes=false --id='11'", "11"), ("VerifyStore --id=1=1", "1=1"),
            ("VerifyStore --id= --x", ""), ("VerifyStore --id", nil), ("VerifyStore", nil), ("", nil),
            ("VerifyStore id=11", nil), ("VerifyStore --ids=11", nil), ("VerifyStore -- id", nil),
            ("--id=5", nil), ("VerifyStore --id=1 --id=2", "1"),
        ] as [(String, String?)])
    func options(line: String, id: String?) {
        #expect(JobAction(line).option("id") == id)
    }

    @Test(
        "tells what it verifies",
        arguments: [
            ("VerifyStores", .allStores), ("verifystores --includeIndexes=true", .allStores),
            ("VerifyStore --id=7 --includeIndexes=false", .store(id: "7")), ("VerifyStore --id 7", .store(id: "7")),
            ("VerifyStore", nil), ("CompactStore --id=7", nil), ("VerifyStoresX", nil), ("", nil),
        ] as [(String, VerificationScope?)])
    func verification(line: String, scope: VerificationScope?) {
        #expect(JobAction(line).verification == scope)
    }

    @Test("is looked at only as far as Windows takes a command line")
    func endless() {
        let filler = String(repeating: " x", count: 100_000)
        #expect(JobAction("VerifyStore --id=7" + filler).verification == .store(id: "7"))
        #expect(JobAction("VerifyStore" + filler + " --id=7").verification == nil)
        #expect(JobAction(String(repeating: " ", count: 100_000) + "VerifyStores").name == "")
    }
}
