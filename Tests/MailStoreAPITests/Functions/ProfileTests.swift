import MailStoreAPI
import Testing

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
        "a field of the wrong type is an error with its place",
        arguments: [
            (#"{"name": "A"}"#, "a profile has no id (at byte 13)"),
            (#"{"id": true}"#, "id: expected a number or a string, found a boolean (at byte 7)"),
            (#"{"id": 1, "name": []}"#, "name: expected a string, found an array (at byte 18)"),
            (
                #"{"id": 1, "serverSideExecution": true}"#,
                "serverSideExecution: expected an object, found a boolean (at byte 33)"
            ),
            (
                #"{"id": 1, "serverSideExecution": {"automatic": "yes"}}"#,
                "serverSideExecution.automatic: expected a boolean, found a string (at byte 47)"
            ),
        ])
    func wrongTypes(document: String, description: String) {
        #expect(failure(of: document, as: Profile.self) == description)
    }
}
