import MailStoreAPI
import TestSupport
import Testing

@testable import Commands

@Suite("The list of functions")
struct FunctionListingTests {
    static let functions = [
        FunctionMetadata(
            name: "VerifyStore",
            arguments: [
                .init(name: "id", type: "number", nullable: false),
                .init(name: "includeIndexes", type: "bool", nullable: true),
            ]),
        FunctionMetadata(name: "GetStores"),
        FunctionMetadata(name: "GetStoreIndexes", arguments: [.init(name: "id")]),
    ]

    @Test(
        "a pattern picks by a part of the name, or as a glob for all of it, whatever the case",
        arguments: [
            (nil, ["GetStoreIndexes", "GetStores", "VerifyStore"]),
            ("", ["GetStoreIndexes", "GetStores", "VerifyStore"]),
            ("store", ["GetStoreIndexes", "GetStores", "VerifyStore"]),
            ("STORES", ["GetStores"]),
            ("get*", ["GetStoreIndexes", "GetStores"]),
            ("*store", ["VerifyStore"]),
            ("GetStore?", ["GetStores"]),
            ("*e*s", ["GetStoreIndexes", "GetStores"]),
            ("*store*store*", []),
            ("?", []),
            ("job", []),
        ] as [(String?, [String])])
    func picks(pattern: String?, names: [String]) {
        #expect(FunctionListing(Self.functions, matching: pattern).functions.map(\.name) == names)
    }

    @Test("the table is aligned and marks what must be given")
    func table() {
        #expect(
            FunctionListing(Self.functions).table() == """
                FUNCTION         ARGUMENTS (* = mandatory)
                GetStoreIndexes  id
                GetStores
                VerifyStore      id* number, includeIndexes bool

                """)
    }

    @Test("the JSON says the same as get-metadata, and can be read as such")
    func json() throws {
        let text = FunctionListing(Self.functions).json()
        let read = try [FunctionMetadata](json: Array(text.utf8))
        #expect(read == Self.functions.sorted { $0.name < $1.name })
        #expect(FunctionListing([]).json() == "[]\n")
    }

    @Test("a hostile name neither steers the terminal nor breaks the JSON")
    func hostileName() throws {
        let name = "Get\u{1B}[2J\"\\\n\u{9B}x"
        let listing = FunctionListing([FunctionMetadata(name: name)])
        #expect(!listing.table().unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{9B}" })
        #expect(try [FunctionMetadata](json: Array(listing.json().utf8)).map(\.name) == [name])
    }
}

@Suite("The lookup of a function")
struct FunctionLookupTests {
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
            try FunctionLookup.find(name, among: Self.functions)
        }
        #expect(error?.kind == .commandLine)
        #expect(error?.description.contains(advice) == true, "\(error?.description ?? "")")
    }

    @Test("a name is found as the server spells it")
    func found() throws {
        #expect(try FunctionLookup.find("GetStores", among: Self.functions).name == "GetStores")
    }

    @Test(
        "only functions that read and the two verifications are read-only",
        arguments: [
            ("GetStores", true), ("GetX", true), ("VerifyStore", true), ("VerifyStores", true),
            ("Get", false), ("Getaway", false), ("getStores", false), ("VerifyStoreX", false),
            ("CompactStore", false), ("DeleteUser", false), ("SetJobEnabled", false), ("RunProfile", false),
            ("", false),
        ])
    func readOnly(name: String, expected: Bool) {
        #expect(FunctionLookup.isReadOnly(name) == expected)
    }

    @Test("the refusal of a change names the flag and the reason")
    func refusal() {
        let error = #expect(throws: CommandError.self) { try FunctionLookup.requireReadOnly("CompactStore") }
        #expect(error?.description.contains("--allow-changes") == true)
        #expect(error?.description.contains("only read-only functions") == true)
        #expect(error?.kind == .commandLine)
    }
}
