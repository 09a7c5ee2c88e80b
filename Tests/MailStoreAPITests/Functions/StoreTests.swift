import MailStoreAPI
import Testing

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
            (#"{"id": 1, "error": "disk gone"}"#, true),
        ] as [(String, Bool?)])
    func error(document: String, expected: Bool?) throws {
        #expect(try Store(document).hasError == expected)
    }

    @Test(
        "a field of the wrong type is an error with its place",
        arguments: [
            ("null", "expected an object, found null (at byte 0)"),
            ("{}", "a store has no id (at byte 2)"),
            (#"{"id": null}"#, "id: expected a number or a string, found null (at byte 7)"),
            (#"{"id": 1.5}"#, "id: expected a whole number within 64 bits (at byte 7)"),
            (#"{"id": 1, "name": 5}"#, "name: expected a string, found a number (at byte 18)"),
            (#"{"id": 1, "requestedState": 2}"#, "requestedState: expected a string, found a number (at byte 28)"),
            (#"{"id": 1, "error": {}}"#, "error: expected a string, found an object (at byte 19)"),
            (#"{"id": 1, "statisticsCount": "5"}"#, "statisticsCount: expected a number, found a string (at byte 29)"),
            (
                #"{"id": 1, "statisticsSize": 1e30}"#,
                "statisticsSize: expected a whole number within 64 bits (at byte 28)"
            ),
            (#"{"id": 1, "needsUpgrade": "true"}"#, "needsUpgrade: expected a boolean, found a string (at byte 26)"),
            (
                #"{"id": 1, "searchIndexesNeedRebuild": 0}"#,
                "searchIndexesNeedRebuild: expected a boolean, found a number (at byte 38)"
            ),
        ])
    func wrongTypes(document: String, description: String) {
        #expect(failure(of: document, as: Store.self) == description)
    }
}
