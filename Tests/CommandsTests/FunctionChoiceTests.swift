import MailStoreAPI
import TestSupport
import Testing

@testable import Commands

@Suite("The choice of a function")
struct FunctionChoiceTests {
    private static let functions = ["GetServerInfo", "GetStores", "GetStoreIndexes", "GetUsers", "VerifyStore"]
        .map { FunctionMetadata(name: $0) }

    @Test(
        "a name that is not offered brings the nearest ones",
        arguments: [
            ("getserverinfo", "did you mean GetServerInfo?"),
            ("GetStore", "did you mean one of: GetStores, GetStoreIndexes"),
            ("VerfiyStore", "did you mean VerifyStore?"),
            ("Xylophone", "mailstore_exporter functions"),
        ])
    func unknown(name: String, advice: String) {
        let error = #expect(throws: CommandError.self) {
            try FunctionChoice.find(name, among: Self.functions)
        }
        #expect(error?.kind == .commandLine)
        #expect(error?.description.contains(advice) == true, "\(error?.description ?? "")")
    }

    @Test("a name is found as the server spells it")
    func found() throws {
        #expect(try FunctionChoice.find("GetStores", among: Self.functions).name == "GetStores")
    }

    @Test(
        "only functions that read and the two verifications are harmless",
        arguments: [
            ("GetStores", true), ("GetX", true), ("VerifyStore", true), ("VerifyStores", true),
            ("Get", false), ("Getaway", false), ("getStores", false), ("VerifyStoreX", false),
            ("CompactStore", false), ("DeleteUser", false), ("SetJobEnabled", false), ("RunProfile", false),
            ("", false),
        ])
    func harmless(name: String, expected: Bool) {
        #expect(FunctionChoice.isHarmless(name) == expected)
    }

    @Test("the refusal of a change names the flag and the reason")
    func refusal() {
        let error = #expect(throws: CommandError.self) { try FunctionChoice.refuseChange(by: "CompactStore") }
        #expect(error?.description.contains("--allow-changes") == true)
        #expect(error?.description.contains("a monitor only reads") == true)
        #expect(error?.kind == .commandLine)
    }
}
