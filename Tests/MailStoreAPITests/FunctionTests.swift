import MailStoreAPI
import TestSupport
import Testing

@Suite("The list of functions")
struct FunctionMetadataTests {
    @Test("a bare array is read, with a byte order mark and fields that are not known")
    func list() throws {
        let functions = try [FunctionMetadata](
            """
            \u{FEFF}[
              {"name": "GetServerInfo", "args": [], "returns": "json"},
              {"name": "GetStores", "args": [{"name": "includeSize", "type": "bool", "nullable": true, "hint": [1]}]},
              {"args": [{"nullable": false, "type": "json", "name": "filter"}, {"name": "id"}], "name": "GetX"}
            ]
            """)
        #expect(
            functions == [
                FunctionMetadata(name: "GetServerInfo"),
                FunctionMetadata(
                    name: "GetStores", arguments: [.init(name: "includeSize", type: "bool", nullable: true)]),
                FunctionMetadata(
                    name: "GetX",
                    arguments: [.init(name: "filter", type: "json", nullable: false), .init(name: "id")]),
            ])
    }

    @Test(
        "a function without arguments may say so in any way",
        arguments: [#"{"name": "A"}"#, #"{"name": "A", "args": null}"#, #"{"name": "A", "args": []}"#])
    func noArguments(document: String) throws {
        #expect(try FunctionMetadata(document) == FunctionMetadata(name: "A"))
    }

    @Test(
        "what is no list of functions is refused, with the place",
        arguments: [
            (#"{"error": null}"#, "expected an array, found an object (at byte 0)"),
            (#"["GetStores"]"#, "[0]: expected an object, found a string (at byte 1)"),
            (#"[{"args": []}]"#, "[0]: a function has no name (at byte 13)"),
            (#"[{"name": null}]"#, "[0].name: expected a string, found null (at byte 10)"),
            (#"[{"name": "A", "args": {}}]"#, "[0].args: expected an array, found an object (at byte 23)"),
        ])
    func refused(document: String, description: String) {
        #expect(failure(of: document, as: [FunctionMetadata].self) == description)
    }
}

@Suite("Functions that the exporter calls on its own")
struct InformationalFunctionTests {
    @Test("every function that is called only reads, and none returns mail or secrets")
    func readOnly() {
        let forbidden = ["GetMessages", "GetCredentials", "GetDirectoryServicesConfiguration"]
        for function in InformationalFunction.allCases {
            #expect(function.rawValue.hasPrefix("Get"))
            #expect(!forbidden.contains(function.rawValue))
        }
    }

    @Test(
        "a function that may change something or returns mail or secrets cannot be declared",
        arguments: [
            "GetMessages", "GetCredentials", "GetDirectoryServicesConfiguration", "getcredentials", "GetCREDENTIALS",
            "GetUserInfo", "GetSystemAdministrators", "GetSystemSmtpConfiguration", "GetWorkerResultReport",
            "VerifyStore", "DeleteMessage", "get-metadata", "", "Get/../VerifyStore", "Get Stores", "Gét",
        ])
    func refused(name: String) {
        #expect(InformationalFunction(rawValue: name) == nil)
    }

    @Test("any other Get function can be declared, and equals itself by name")
    func declared() {
        #expect(InformationalFunction(rawValue: "GetTimeZones") == InformationalFunction("GetTimeZones"))
        #expect(InformationalFunction(rawValue: "GetStores") == .getStores)
    }
}
