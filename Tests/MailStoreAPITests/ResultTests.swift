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

    @Test("a result that is no object is an error")
    func wrongTypes() {
        #expect(failure(of: "[]", as: ServerInfo.self) == "expected an object, found an array (at byte 0)")
        #expect(failure(of: "null", as: LicenseInformation.self) == "expected an object, found null (at byte 0)")
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

    @Test(
        "field names are read without their escapes",
        arguments: [
            (#"{"id": 7, "na\u006de": "x"}"#, "x"), (#"{"id": 7, "\u006e\u0061\u006D\u0065": "x"}"#, "x"),
            (#"{"id": 7, "NA\u004de": "x"}"#, "x"), (#"{"\u0069d": 7, "name": "x"}"#, "x"),
            (#"{"id": 7, "nam\u00e9": "x"}"#, nil), (#"{"id": 7, "name\u0000": "x"}"#, nil),
            // An unknown escape is no field, and costs nothing else.
            (#"{"id": 7, "na\me": "x"}"#, nil), (#"{"id": 7, "n\u00": "x", "name": "y"}"#, "y"),
            (#"{"id": 7, "na\\me": "x"}"#, nil),
        ] as [(String, String?)])
    func escapedFieldNames(document: String, name: String?) throws {
        let store = try Store(document)
        #expect(store.id == "7")
        #expect(store.name == name)
    }
}

@Suite("GetStores")
struct StoreTests {
    @Test("a store with every field is read, the unknown ones passed over")
    func full() throws {
        let store = try Store(
            #"""
            {"searchIndexesNeedRebuild": true, "id": 3, "name": "Messages 2026", "requestedState": "current",
            "error": null, "statisticsCount": 250000, "statisticsSize": 1099511627776, "needsUpgrade": false,
            "databasePath": "D:\\M", "contentPath": null, "indexPath": 5, "future": [{"id": 9}]}
            """#)
        var expected = Store(id: "3", name: "Messages 2026")
        expected.requestedState = "current"
        expected.hasError = false
        expected.statisticsCount = 250_000
        expected.statisticsSize = 1_099_511_627_776
        expected.needsUpgrade = false
        expected.searchIndexesNeedRebuild = true
        expected.databasePath = "D:\\M"
        #expect(store == expected)
    }

    @Test(
        "what is missing or null is absent, but for the id",
        arguments: [
            #"{"id": 1}"#,
            #"""
            {"id": "1", "name": null, "requestedState": null, "statisticsCount": null, "statisticsSize": null,
            "needsUpgrade": null, "searchIndexesNeedRebuild": null}
            """#,
        ])
    func sparse(document: String) throws {
        #expect(try Store(document) == Store(id: "1"))
    }

    @Test(
        "a store has an error where its error is a text",
        arguments: [
            (#"{"id": 1}"#, nil), (#"{"id": 1, "error": null}"#, false), (#"{"id": 1, "error": ""}"#, false),
            (#"{"id": 1, "error": "disk gone"}"#, true), (#"{"id": 1, "error": {"message": "x"}}"#, true),
            (#"{"id": 1, "error": ["x"]}"#, true), (#"{"id": 1, "error": {}}"#, nil), (#"{"id": 1, "error": []}"#, nil),
            (#"{"id": 1, "error": true}"#, true), (#"{"id": 1, "error": false}"#, false),
            (#"{"id": 1, "error": 5}"#, true), (#"{"id": 1, "error": 0}"#, false),
        ] as [(String, Bool?)])
    func error(document: String, expected: Bool?) throws {
        #expect(try Store(document).hasError == expected)
    }

    @Test(
        "a store without a usable id is an error",
        arguments: [
            ("null", "expected an object, found null (at byte 0)"),
            ("{}", "a store has no id (at byte 2)"),
            (#"{"id": null}"#, "id: expected a number or a string, found null (at byte 7)"),
        ])
    func noID(document: String, description: String) {
        #expect(failure(of: document, as: Store.self) == description)
    }
}

@Suite("GetProfiles")
struct ProfileTests {
    @Test(
        "profiles are read, whatever they leave out",
        arguments: [
            (
                #"{"id": 4, "name": "IMAP", "serverSideExecution": {"automatic": true, "automaticPause": 300}}"#,
                Profile(id: "4", name: "IMAP", automatic: true)
            ),
            (#"{"serverSideExecution": {"automatic": false}, "id": "x"}"#, Profile(id: "x", automatic: false)),
            (#"{"id": 4, "name": null, "serverSideExecution": null}"#, Profile(id: "4")),
            (#"{"id": 4, "serverSideExecution": {"automatic": null}}"#, Profile(id: "4")),
            (#"{"id": 4, "serverSideExecution": {}}"#, Profile(id: "4")),
            (#"{"id": 4, "owner": 7, "type": [], "connector": {"automatic": true}}"#, Profile(id: "4")),
        ])
    func reading(document: String, expected: Profile) throws {
        #expect(try Profile(document) == expected)
    }

    @Test("the details, which may hold secrets, are not kept")
    func details() throws {
        let profile = try Profile(#"{"id": 4, "details": {"host": "mail.example.com", "password": "swordfish"}}"#)
        #expect(!String(reflecting: profile).contains("swordfish"))
        #expect(profile == Profile(id: "4"))
    }

    @Test(
        "a profile without a usable id is an error",
        arguments: [
            (#"{"name": "A"}"#, "a profile has no id (at byte 13)"),
            (#"{"id": true}"#, "id: expected a number or a string, found a boolean (at byte 7)"),
        ])
    func noID(document: String, description: String) {
        #expect(failure(of: document, as: Profile.self) == description)
    }
}
