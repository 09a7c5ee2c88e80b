import MailStoreAPI
import TestSupport
import Testing

@Suite("GetServerInfo, GetLicenseInformation and GetUsers")
struct SmallResultTests {
    @Test(
        "server information",
        arguments: [
            (#"{"version": "25.3.1.23021", "machineName": "MAIL", "x": {}}"#, "25.3.1.23021", "MAIL"),
            (#"{"machineName": null, "version": null}"#, nil, nil),
            ("{}", nil, nil),
        ] as [(String, String?, String?)])
    func serverInfo(document: String, version: String?, machineName: String?) throws {
        let info = try ServerInfo(document)
        #expect(info.version == version)
        #expect(info.machineName == machineName)
    }

    @Test(
        "licence information",
        arguments: [
            (#"{"namedUsers": 10, "maxNamedUsers": 50, "key": "x"}"#, 10, 50),
            (#"{"namedUsers": 0}"#, 0, nil),
            (#"{"maxNamedUsers": null, "namedUsers": null}"#, nil, nil),
            ("{}", nil, nil),
        ] as [(String, Int64?, Int64?)])
    func license(document: String, used: Int64?, limit: Int64?) throws {
        let license = try LicenseInformation(document)
        #expect(license.namedUsers == used)
        #expect(license.maxNamedUsers == limit)
    }

    @Test("of users only the state of multi-factor authentication is kept")
    func users() throws {
        let users = try [User](
            #"""
            [{"userName": "anna", "fullName": "A", "distinguishedName": null, "mfaStatus": "Disabled"}, {},
            {"mfaStatus": null}, {"mfaStatus": "Enforced", "privileges": ["api"]}]
            """#)
        #expect(users.map(\.mfaStatus) == ["Disabled", nil, nil, "Enforced"])
        #expect(!String(reflecting: users).contains("anna"))
    }

    @Test("fields of the wrong type are errors with their places")
    func wrongTypes() {
        #expect(
            failure(of: #"{"version": 25}"#, as: ServerInfo.self)
                == "version: expected a string, found a number (at byte 12)")
        #expect(failure(of: "[]", as: ServerInfo.self) == "expected an object, found an array (at byte 0)")
        #expect(
            failure(of: #"{"namedUsers": "10"}"#, as: LicenseInformation.self)
                == "namedUsers: expected a number, found a string (at byte 15)")
        #expect(
            failure(of: #"[{}, {"mfaStatus": false}]"#, as: [User].self)
                == "[1].mfaStatus: expected a string, found a boolean (at byte 19)")
    }

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

    @Test("field names are read without regard to case, and no other character counts as a letter")
    func fieldNames() throws {
        #expect(try ServerInfo(#"{"VERSION": "1", "machinename": "MAIL"}"#).machineName == "MAIL")
        #expect(try WorkerResult(#"{"Id": 1, "profileID": 2}"#).profileID == "2")
        var matches = 0
        try parse(#"{"a{1": 1, "A[1": 2, "A{\u0011": 3}"#) { (reader) throws(JSONError) in
            try reader.readObject { (reader, key) throws(JSONError) in
                if "A{1" ~= key { matches += 1 }
                try reader.skipValue()
            }
        }
        #expect(matches == 1)
    }
}
