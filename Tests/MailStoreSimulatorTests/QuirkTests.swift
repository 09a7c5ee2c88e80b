import Testing

@testable import MailStoreSimulator

@Suite("Quirks of servers and of what stands in front of them")
struct QuirkTests {
    @Test("one function can be refused while the same login may call others", arguments: [401, 403])
    func refusedFunction(status: Int) {
        let bench = Bench { $0.quirks.refusedFunctions = ["GetUsers": status] }
        let reply = bench.reply("/api/invoke/GetUsers")
        #expect(reply?.status == status)
        #expect((reply?.header("WWW-Authenticate") != nil) == (status == 401))
        #expect(bench.reply("/api/invoke/GetServerInfo")?.status == 200)
    }

    @Test(
        "get-metadata can be empty, in an envelope and in lower case",
        arguments: [
            (Quirks.Metadata.array, "[{", #""GetServerInfo""#), (.empty, "[]", ""),
            (.envelope, #"{"error":null"#, #""GetServerInfo""#), (.lowerCase, "[{", #""getserverinfo""#),
        ])
    func metadata(form: Quirks.Metadata, beginning: String, name: String) {
        let bench = Bench {
            $0.quirks.metadata = form
            $0.quirks.byteOrderMark = false
        }
        let text = String(decoding: bench.reply("/api/get-metadata")?.body ?? [], as: UTF8.self)
        #expect(text.filter { !$0.isWhitespace }.hasPrefix(beginning))
        #expect(name.isEmpty || text.contains(name))
    }

    @Test("every quirk can be switched by the name of its property")
    func names() {
        let values = [
            "resultsSelectedBy": "start", "language": "german", "damageOutcome": "succeededWithLog",
            "metadata": "empty", "fieldNames": "lowercase", "timeOffsets": "letter", "unknownTimes": "year1",
            "runIDs": "absent",
            "workerResultsLimit": "none", "runningFunctions": "GetStores,GetJobs",
            "refusedFunctions": "GetUsers=401,GetJobs=403",
        ]
        for (name, value) in Mirror(reflecting: Quirks()).children {
            guard let name else { continue }
            var quirks = Quirks()
            let new = values[name] ?? (value as? Bool).map { "\(!$0)" } ?? ""
            let isSet = quirks.set(name, to: new)
            #expect(isSet && quirks != Quirks(), "\(name)")
            // Names of functions can be any text.
            guard name != "runningFunctions" else { continue }
            let changed = quirks
            let isSetWrongly = quirks.set(name, to: "?=?")
            #expect(!isSetWrongly && quirks == changed, "\(name)")
        }
    }

    @Test("an error can repeat the login, a result never does")
    func repeatedLogin() {
        let bench = Bench { $0.quirks.repeatsLogin = true }
        let failed = String(decoding: bench.reply("/api/invoke/Nothing")?.body ?? [], as: UTF8.self)
        #expect(failed.contains("admin / simulated") && failed.contains(Bench.login))
        let succeeded = String(decoding: bench.reply("/api/invoke/GetServerInfo")?.body ?? [], as: UTF8.self)
        #expect(!succeeded.contains("simulated]"))
    }

    @Test("the checksum and the blocks of a compressed reply are right", arguments: [0, 9, 65_535, 65_536, 200_000])
    func compression(count: Int) {
        let bytes = [UInt8](repeating: UInt8(ascii: "1"), count: count)
        let encoded = StoredGzip.encode(bytes)
        let blocks = max(1, (count + 65_534) / 65_535)
        #expect(encoded.count == 10 + blocks * 5 + count + 8)
        #expect(encoded.prefix(3) == [0x1F, 0x8B, 8])
        // The check value of CRC-32 (RFC 1952, section 8).
        #expect(StoredGzip.encode(Array("123456789".utf8)).suffix(8) == [0x26, 0x39, 0xF4, 0xCB, 9, 0, 0, 0])
    }
}
