import Testing

@testable import MailStoreAPI

@Suite("Odd rows and fields of a reply")
struct OddReplyTests {
    private func read<Row: JSONDecodable>(
        _ result: String, as type: Row.Type, maximumRows: Int = .max
    ) throws(JSONError) -> (value: Row, oddities: ReplyOddities) {
        try APIReply(Replies.succeeded(result)).result(as: type, maximumRows: maximumRows)
    }

    private static let good = #"{"id": 1, "name": "A", "statisticsCount": 10}"#

    /// A row between two good ones, and what is left of it.
    private static let rows: [(row: String, kept: Bool, first: String)] = [
        ("null", false, "result[1]: expected an object, found null"),
        ("5", false, "result[1]: expected an object, found a number"),
        ("NaN", false, "result[1]: expected an object, found “N”"),
        ("[]", false, "result[1]: expected an object, found an array"),
        (#""x""#, false, "result[1]: expected an object, found a string"),
        ("{}", false, "result[1]: a store has no id"),
        (#"{"id": null}"#, false, "result[1].id: expected a number or a string, found null"),
        (#"{"id": true, "name": "B"}"#, false, "result[1].id: expected a number or a string, found a boolean"),
        (#"{"id": "", "name": "B"}"#, false, "result[1].id: expected a number or a string, found an empty string"),
        (#"{"name": {"a": [1]}, "id": {}}"#, false, "result[1].id: expected a number or a string, found an object"),
        (#"{"id": 2, "statisticsCount": 5.5}"#, true, "result[1].statisticsCount: expected a whole number"),
        (#"{"id": 2, "statisticsCount": [[[[1]]]]}"#, true, "result[1].statisticsCount: expected a number, found an a"),
        (#"{"id": 2, "name": ["B"]}"#, true, "result[1].name: expected a string, found an array"),
    ]

    @Test(
        "an odd row costs itself, an odd field its own value; both are counted with the place of the first",
        arguments: rows)
    func rowBetweenGoodOnes(row: String, kept: Bool, first: String) throws {
        let (stores, oddities) = try read("[\(Self.good), \(row), \(Self.good)]", as: [Store].self)
        #expect(stores.map(\.id) == (kept ? ["1", "2", "1"] : ["1", "1"]))
        #expect(stores.first?.statisticsCount == 10 && stores.last?.statisticsCount == 10)
        #expect(oddities.skippedRows == (kept ? 0 : 1))
        #expect(oddities.unusableFields == (kept || row.contains("[1]") ? 1 : 0))
        #expect(oddities.findings.first?.first.hasPrefix(first) == true, "\(oddities.findings)")
    }

    @Test("all odd rows and fields are counted, the first is named")
    func counts() throws {
        let (stores, oddities) = try read(
            #"[{"id": 1, "needsUpgrade": "perhaps", "name": []}, 1, {"id": 2, "needsUpgrade": 2}, 2, 3]"#,
            as: [Store].self)
        #expect(stores.map(\.id) == ["1", "2"])
        #expect(oddities.skippedRows == 3 && oddities.unusableFields == 3)
        #expect(
            oddities.findings.map(\.first) == [
                "result[1]: expected an object, found a number (at byte 139)",
                "result[0].needsUpgrade: expected a boolean, found a string (at byte 115)",
            ])
    }

    @Test("flaws of the same kind are recognised wherever they are")
    func kinds() throws {
        let one = try read(#"[{"id": null}, {"id": 1}]"#, as: [Store].self).oddities.findings.map(\.kind)
        let other = try read(#"[{"id": 1}, {"id": 2}, {"id":  null}]"#, as: [Store].self).oddities.findings.map(\.kind)
        let different = try read(#"[{"id": 1}, {"id": []}]"#, as: [Store].self).oddities.findings.map(\.kind)
        #expect(one == other && one != different)
    }

    /// What is read of a field written in this way.
    private static let numbers: [(json: String, expected: Int64?, isOdd: Bool)] = [
        ("50", 50, false), (#""50""#, 50, false), (#"" 50 ""#, 50, false), (#""\t50\r\n""#, 50, false),
        (#""+50""#, 50, false), (#""5e1""#, 50, false), ("5e1", 50, false), (#""50.0""#, 50, false),
        ("null", nil, false),
        (#""""#, nil, false), (#""  ""#, nil, false), ("-1", nil, false), (#""-1""#, nil, false), ("-1.0", nil, false),
        ("-9223372036854775808", nil, false), ("0", 0, false), ("-0", 0, false),
        ("5.5", nil, true), (#""5.5""#, nil, true), ("1e400", nil, true), (#""1e400""#, nil, true),
        ("18446744073709551615", nil, true), (#""18446744073709551616""#, nil, true), ("NaN", nil, true),
        ("Infinity", nil, true), ("-Infinity", nil, true), (#""NaN""#, nil, true), (#""inf""#, nil, true),
        (#""0x10""#, nil, true), (#""1,000""#, nil, true), (#""many""#, nil, true), ("true", nil, true),
        ("[]", nil, true), ("{}", nil, true), ("[[[[[[1]]]]]]", nil, true), (#""٣""#, nil, true),
    ]

    @Test("a number is read from whatever holds one, and a negative count is unknown", arguments: numbers)
    func number(json: String, expected: Int64?, isOdd: Bool) throws {
        let (stores, storeOddities) = try read(#"[{"id": 1, "statisticsSize": \#(json)}]"#, as: [Store].self)
        #expect(stores.first?.statisticsSize == expected)
        #expect(storeOddities.unusableFields == (isOdd ? 1 : 0))
        let (license, oddities) = try read(
            #"{"maxNamedUsers": \#(json), "namedUsers": 7}"#, as: LicenseInformation.self)
        #expect(license.maxNamedUsers == expected && license.namedUsers == 7)
        #expect(oddities.unusableFields == (isOdd ? 1 : 0))
        let row = #"{"id": 1, "profileId": 1, "itemsArchived": \#(json), "result": "failed"}"#
        #expect(try read("[\(row)]", as: [WorkerResult].self).value.first?.itemsArchived == expected)
    }

    @Test(
        "a boolean is read from whatever holds one",
        arguments: [
            ("true", true, false), ("false", false, false), (#""true""#, true, false), (#""False""#, false, false),
            (#"" TRUE ""#, true, false), ("1", true, false), ("0", false, false), (#""1""#, true, false),
            ("null", nil, false), (#""""#, nil, false), ("2", nil, true), ("-1", nil, true), (#""yes""#, nil, true),
            ("[true]", nil, true), ("{}", nil, true), ("NaN", nil, true),
        ] as [(String, Bool?, Bool)])
    func boolean(json: String, expected: Bool?, isOdd: Bool) throws {
        let (stores, oddities) = try read(#"[{"id": 1, "needsUpgrade": \#(json)}]"#, as: [Store].self)
        #expect(stores.first?.needsUpgrade == expected)
        #expect(oddities.unusableFields == (isOdd ? 1 : 0))
        #expect(try read(#"[{"id": 1, "ENABLED": \#(json)}]"#, as: [Job].self).value.first?.enabled == expected)
        let profile = #"{"id": 1, "ServerSideExecution": {"AUTOMATIC": \#(json)}}"#
        #expect(try read("[\(profile)]", as: [Profile].self).value.first?.automatic == expected)
    }

    @Test(
        "a text is read from every scalar",
        arguments: [
            (#""A""#, "A", false), ("17", "17", false), ("1.50e2", "1.50e2", false), ("true", "true", false),
            ("null", nil, false), (#""""#, "", false), (#""a\ud800b""#, "a\u{FFFD}b", false),
            (#""a\u0000""#, "a\u{0}", false), ("[]", nil, true), (#"{"name": "A"}"#, nil, true), (#""a\x""#, nil, true),
            (#""a\u12""#, nil, true), ("-Infinity", nil, true),
        ] as [(String, String?, Bool)])
    func text(json: String, expected: String?, isOdd: Bool) throws {
        let (stores, oddities) = try read(
            #"[{"id": 1, "name": \#(json), "requestedState": \#(json)}]"#, as: [Store].self)
        #expect(stores.first?.name == expected && stores.first?.requestedState == expected)
        #expect(oddities.unusableFields == (isOdd ? 2 : 0) && oddities.skippedRows == 0)
        #expect(try read(#"[{"id": 1, "name": \#(json)}]"#, as: [Job].self).value.first?.name == expected)
        #expect(try read(#"[{"id": 1, "name": \#(json)}]"#, as: [Profile].self).value.first?.name == expected)
        #expect(try read(#"{"version": \#(json)}"#, as: ServerInfo.self).value.version == expected)
        #expect(try read(#"[{"mfaStatus": \#(json)}]"#, as: [User].self).value.map(\.mfaStatus) == [expected])
    }

    @Test("a member that is no object costs what it would hold", arguments: ["true", "7", #""yes""#, "[]"])
    func noObject(json: String) throws {
        let (profiles, oddities) = try read(
            #"[{"id": 1, "serverSideExecution": \#(json), "name": "A"}]"#, as: [Profile].self)
        #expect(profiles == [Profile(id: "1", name: "A")])
        #expect(oddities.unusableFields == 1)
    }

    @Test(
        "a document that is no JSON is an error, whatever row it breaks in",
        arguments: [
            #"[{"id": 1}, {"id": 2, "name": }]"#, #"[{"id": 1}, {"id": 2"#, #"[{"id": 1}, {"id": tru}]"#,
            #"[{"id": 1} {"id": 2}]"#, #"[{"id": 1}, {"id": 2, "needsUpgrade": tru}]"#, #"[{"id": 1, "name": True}]"#,
            #"[{"id": 1}, {"id": 007}]"#, #"[{"id": 1},]"#, #"[{"id": 1, 2: 3}]"#,
        ])
    func malformed(stores: String) {
        #expect(throws: JSONError.self) { try APIReply(Replies.succeeded(stores)) }
        #expect(throws: JSONError.self) { try [Store](json: Array(stores.utf8)) }
    }

    @Test("two long identifiers with the same beginning stay different, and fit into a label")
    func longIdentifiers() throws {
        let (long, longer) = (String(repeating: "ä", count: 60_000), String(repeating: "ä", count: 60_001))
        let ids = try read(#"[{"id": "\#(long)"}, {"id": "\#(longer)"}, {"id": 1}]"#, as: [Store].self).value.map(\.id)
        #expect(Set(ids).count == 3)
        #expect(ids.allSatisfy { $0.utf8.count <= 256 })
        #expect(ids[0].hasPrefix("äää") && ids[0].contains("…"))
    }
}

@Suite("Lists of rows in odd wrappings")
struct OddListTests {
    @Test(
        "an array one level deeper is found where nothing else can be meant",
        arguments: [
            (#"{"items": [{"id": 1}, {"id": 2}], "total": 2}"#, 2), (#"{"stores": [{"id": 1}]}"#, 1),
            (#"{"next": null, "a": {"b": {"c": 1}}, "rows": [{"id": 1}]}"#, 1), (#"{"stores": []}"#, 0), ("[]", 0),
        ])
    func wrapped(result: String, count: Int) throws {
        #expect(try [Store](result).count == count)
        #expect(try JSONElementCount(result).count == count)
    }

    @Test(
        "an object that is no list of rows is an error, never an empty list",
        arguments: [
            ("{}", "expected an array, found an object (at byte 0)"),
            (#"{"id": 1, "name": "A"}"#, "expected an array, found an object (at byte 0)"),
            (#"{"id": 1, "tags": []}"#, "expected an array, found an object (at byte 0)"),
            (#"{"items": [{"id": 1}], "errors": []}"#, "errors: expected an array, found an object (at byte 0)"),
            ("null", "expected an array, found null (at byte 0)"),
            ("0", "expected an array, found a number (at byte 0)"),
            (#""[]""#, "expected an array, found a string (at byte 0)"),
        ])
    func noList(result: String, description: String) {
        #expect(failure(of: result, as: [Store].self) == description)
        #expect(failure(of: result, as: JSONElementCount.self) == description)
    }

    @Test("a list of things of which no row can be used is an error, not an empty list")
    func nothingUsable() {
        #expect(failure(of: #"[{"Number": 1}, {}]"#, as: [Store].self) == "[0]: a store has no id (at byte 14)")
        #expect(failure(of: "[1]", as: [Job].self) == "[0]: expected an object, found a number (at byte 1)")
        #expect(failure(of: "[null]", as: [Profile].self) == "[0]: expected an object, found null (at byte 1)")
        #expect(failure(of: "[[]]", as: [User].self) == "[0]: expected an object, found an array (at byte 1)")
    }

    @Test("runs of which none can be used block nothing")
    func unusableRuns() throws {
        #expect(try [JobResult](#"[{"jobResultId": 1}, null]"#).isEmpty)
        #expect(try [WorkerResult](#"[{"id": 1, "profileId": null}]"#).isEmpty)
    }

    @Test("a function without a name is left out, one with odd arguments is kept")
    func metadata() throws {
        let functions = try [FunctionMetadata](
            #"""
            [{"args": []}, "GetUsers", {"name": "GetStores", "args": [{"name": "includeSize", "type": 3,
            "nullable": "true"}, {"type": "bool"}, 5]}, {"NAME": "GetJobs", "ARGS": null}, {"name": "VerifyStore",
            "args": "id"}]
            """#)
        #expect(functions.map(\.name) == ["GetStores", "GetJobs"])
        #expect(functions[0].arguments == [.init(name: "includeSize", type: "3", nullable: true)])
    }

    @Test("a list of stores is cut where it has more rows than the limit", arguments: [(3, 0), (2, 1), (1, 2)])
    func cut(maximum: Int, cut: Int) throws {
        let reply = try APIReply(Replies.succeeded(#"[{"id": 1}, {"id": 2}, {"id": 3}]"#))
        let (stores, oddities) = try reply.result(as: [Store].self, maximumRows: maximum)
        #expect(stores.map(\.id) == Array(["1", "2", "3"].prefix(maximum)))
        #expect(oddities.cutRows == cut && oddities.skippedRows == 0)
        #expect(oddities.findings.map(\.isCut) == (cut > 0 ? [true] : []))
    }

    @Test("other lists are an error where they have more rows than the limit", arguments: [(3, false), (2, true)])
    func limit(maximum: Int, isOver: Bool) throws {
        let reply = try APIReply(Replies.succeeded("[{}, {}, {}]"))
        do throws(JSONError) {
            let users = try reply.result(as: [User].self, maximumRows: maximum).value
            #expect(!isOver && users.count == 3)
        } catch {
            #expect(isOver && error.meansTooManyRows)
            #expect(error.problem == "the list has more than 2 rows")
        }
    }
}

@Suite("Schedules of jobs, however they are written")
struct OddScheduleTests {
    @Test(
        "a schedule is read from the job itself or from a nested object, in any case",
        arguments: [
            #"{"id": 1, "schedule": {"interval": 30}}"#, #"{"ID": 1, "Schedule": {"INTERVAL": "30"}}"#,
            #"{"id": 1, "interval": 30, "schedule": {"interval": null, "time": ""}}"#,
            #"{"id": 1, "schedule": {"interval": 30}, "interval": null, "date": "", "dayOfWeek": -1}"#,
            #"{"id": 1, "interval": 30, "schedule": null}"#, #"{"id": 1, "interval": "30", "schedule": "nightly"}"#,
        ])
    func nested(document: String) throws {
        #expect(try Job(document).schedule.expectedInterval == .seconds(1800))
    }

    @Test(
        "days are numbers or words, and a number that is none counts as absent",
        arguments: [
            (#""time": "03:00""#, 1), (#""time": "03:00", "dayOfWeek": "Sunday""#, 7),
            (#""time": "03:00", "dayOfWeek": 0"#, 7), (#""time": "03:00", "dayOfWeek": -1"#, 1),
            (#""time": "03:00", "dayOfWeek": "None""#, 1), (#""time": "03:00", "dayOfMonth": 31"#, 31),
            (#""time": "03:00", "dayOfMonth": "last""#, 31), (#""time": "03:00", "dayOfMonth": 0"#, 1),
            (#""time": "03:00", "dayOfMonth": -1, "interval": 0"#, 1), (#""time": "03:00", "interval": -1"#, 1),
        ])
    func days(fields: String, days: Int) throws {
        #expect(try Job(#"{"id": 1, \#(fields)}"#).schedule.expectedInterval == .seconds(days * 86_400))
        #expect(try Job(#"{"id": 1, "schedule": {\#(fields)}}"#).schedule.expectedInterval == .seconds(days * 86_400))
    }

    @Test(
        "an interval is a number of minutes or words",
        arguments: [
            ("15", 15), ("15.0", 15), ("15 minutes", 15), ("every 15 minutes", 15), ("Every15Minutes", 15),
            ("every_2_hours", 120), ("1 h", 60), ("hourly", 60), ("Hourly", 60), ("every hour", 60), ("daily", 1440),
            ("weekly", 10_080), ("00:15:00", 15), ("1.00:00:00", 1440), ("PT15M", 15), ("PT2H", 120), ("90s", 1.5),
            ("now and then", nil), ("15:00", nil), ("five", nil), ("1:2:3:4", nil), ("::", nil), ("every", nil),
            ("-:1:1", nil), ("15 parsecs", nil),
        ] as [(String, Double?)])
    func words(text: String, minutes: Double?) {
        #expect(ScheduleWords.minutes(text) == minutes)
    }
}
