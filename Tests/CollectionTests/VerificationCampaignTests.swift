import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import Configuration
@testable import OperatingSystem
@testable import PlainText

@Suite("A campaign of verifications", .timeLimit(.minutes(1)))
struct VerificationCampaignTests {
    private static let stores = #"""
        [{"id": 13, "name": "C", "requestedState": "current"},
        {"id": 11, "name": "A", "requestedState": "normal"},
        {"id": 12, "name": "B", "requestedState": "disabled"},
        {"id": 14, "name": "D", "requestedState": "writeProtected"}]
        """#

    /// Runs a campaign in which every verification succeeds at once, and answers the calls that began them.
    private func starts(
        metadata: String = ProcessServer.allFunctions, _ change: (inout VerificationSettings) -> Void
    ) async throws -> (bench: VerificationBench, starts: [String]) {
        let bench = try VerificationBench(stores: Self.stores, metadata: metadata, change)
        bench.server.answerAlways("VerifyStore", .ended())
        bench.server.answerAlways("VerifyStores", .ended())
        try await bench.runCampaign()
        let starts = bench.server.calls.filter { $0.function.hasPrefix("Verify") }
        return (bench, starts.map { "\($0.function) \($0.body)" })
    }

    @Test("begins at its hour, and not before")
    func schedule() async throws {
        let bench = try VerificationBench()
        bench.server.answer("VerifyStore", .ended())
        try await bench.running {
            for _ in 0..<59 {
                await bench.time.waitForSleepers(1)
                bench.time.advance(by: .seconds(60))
            }
            await bench.time.waitForSleepers(1)
            bench.time.advance(by: .seconds(59))
            for _ in 0..<100 { await Task.yield() }
            #expect(bench.server.calls.isEmpty)
            #expect(await bench.queue.nextStart == Timestamp(secondsSince1970: 1_767_229_200))
            bench.time.advance(by: .seconds(1))
            await bench.waitForPlan()
            #expect(bench.server.calls.map(\.function) == ["GetStores", "get-metadata", "VerifyStore"])
            let page = try await bench.page
            #expect(page.value("mailstore_verification_next_run_timestamp_seconds") == 1_767_232_800)
        }
    }

    @Test("of all stores takes those that are not disabled, one after the other")
    func all() async throws {
        let (bench, starts) = try await starts { $0.stores = .all }
        #expect(
            starts == [
                "VerifyStore id=13&includeIndexes=false", "VerifyStore id=11&includeIndexes=false",
                "VerifyStore id=14&includeIndexes=false",
            ])
        #expect(try await bench.counted == ["11 succeeded": 1, "13 succeeded": 1, "14 succeeded": 1])
        #expect(bench.complaints.isEmpty)
    }

    @Test("never has two processes on the server at a time")
    func oneAtATime() async throws {
        let bench = try VerificationBench(stores: Self.stores)
        bench.server.answer("VerifyStore", .running("t13", version: 3), .running("t11", version: 3))
        bench.server.answer("get-status", .running("t13", version: 9), .ended())
        try await bench.running {
            await bench.passToNextHour()
            await bench.waitForCalls(3, of: "get-status")
            #expect(
                bench.server.calls.dropFirst().map(\.function).filter { $0 != "get-metadata" }
                    == ["VerifyStore", "get-status", "get-status", "VerifyStore", "get-status"])
            #expect(bench.server.calls(of: "get-status").last?.body.contains("token=t11&") == true)
            #expect(await bench.queue.pending == [["14"]])
            let page = try await bench.page
            #expect(page.value("mailstore_verification_running", ["store_id": "11"]) == 1)
            #expect(page.value("mailstore_verification_running", ["store_id": "13"]) == 0)
            #expect(page.value("mailstore_verification_running", ["store_id": "14"]) == 0)
        }
    }

    @Test("of the current store takes the one that is current when it begins")
    func current() async throws {
        let (bench, starts) = try await starts { $0.stores = .current }
        #expect(starts == ["VerifyStore id=13&includeIndexes=false"])
        #expect(try await bench.counted == ["13 succeeded": 1])
        let running = try await bench.page.all("mailstore_verification_running")
        #expect(running.map { $0.labels["store_id"] } == ["13"], "others are not planned")
    }

    @Test("of named stores takes them in that order, and says which do not exist")
    func named() async throws {
        let (bench, starts) = try await starts { $0.stores = .ids(["14", "99", "11", "12"]) }
        #expect(starts == ["VerifyStore id=14&includeIndexes=false", "VerifyStore id=11&includeIndexes=false"])
        let error = try #require(bench.log.events.first { $0.level == .error })
        #expect(error.message == "a store that is to be verified does not exist: correct verification.stores")
        #expect(error.metadata["store"] == "99")
        #expect(error.metadata["stores"] == "13,11,12,14")
        #expect(bench.complaints.count == 1)
    }

    @Test("of no store says so and starts nothing", arguments: [["12"], ["98", "99"]])
    func none(ids: [String]) async throws {
        let (bench, starts) = try await starts { $0.stores = .ids(ids) }
        #expect(starts.isEmpty)
        #expect(bench.complaints.contains { $0.hasPrefix("there is no store to verify") })
    }

    @Test("of all stores together is one process, and counts for each store")
    func together() async throws {
        let (bench, starts) = try await starts { $0.together = true }
        #expect(starts == ["VerifyStores includeIndexes=false"])
        #expect(try await bench.counted == ["11 succeeded": 1, "13 succeeded": 1, "14 succeeded": 1])
    }

    @Test("includes the search indexes where that is configured", arguments: [true, false])
    func indexes(together: Bool) async throws {
        let (_, starts) = try await starts {
            $0.stores = together ? .all : .current
            $0.together = together
            $0.includesIndexes = true
        }
        #expect(starts == [together ? "VerifyStores includeIndexes=true" : "VerifyStore id=13&includeIndexes=true"])
    }

    @Test("leaves the search indexes out where the server does not know the argument", arguments: [true, false])
    func oldServer(includesIndexes: Bool) async throws {
        let (bench, starts) = try await starts(metadata: #"[{"name": "VerifyStore", "args": [{"name": "id"}]}]"#) {
            $0.stores = .current
            $0.includesIndexes = includesIndexes
        }
        #expect(starts == ["VerifyStore id=13"])
        #expect(
            bench.complaints
                == (includesIndexes
                    ? ["the server cannot verify search indexes: the stores are verified without them"] : []))
    }

    @Test("starts nothing, and says so, where the server does not offer the function")
    func notOffered() async throws {
        let (bench, starts) = try await starts(metadata: "[]") { $0.stores = .current }
        #expect(starts.isEmpty)
        #expect(try await bench.counted.isEmpty)
        #expect(bench.complaints.count == 1)
        #expect(await bench.queue.pending.isEmpty)
    }

    @Test("waits with growing pauses while the stores cannot be listed")
    func trouble() async throws {
        let bench = try VerificationBench()
        bench.server.answer("GetStores", .broken(.connect), .failed("System.Exception"), .status(503))
        bench.server.answer("VerifyStore", .ended())
        try await bench.running {
            await bench.passToNextHour()
            for pause in [30, 60, 120] {
                await bench.time.waitForSleepers(1)
                #expect(bench.server.calls(of: "VerifyStore").isEmpty)
                bench.time.advance(by: .seconds(pause))
            }
            await bench.waitForPlan()
        }
        #expect(bench.server.calls(of: "GetStores").map { $0.uptime.inSeconds } == [4600, 4630, 4690, 4810])
        #expect(try await bench.counted == ["11 succeeded": 1])
    }

    @Test(
        "is started later, and never lost, where the request to start it did not reach the server",
        arguments: [TransportError.Kind.dns, .connect, .tls, .timeout])
    func notSent(kind: TransportError.Kind) async throws {
        let bench = try VerificationBench()
        let failure = FakeAnswer.broken(kind, wasSent: false)
        bench.server.answer("VerifyStore", failure, failure, .ended())
        try await bench.running {
            await bench.passToNextHour()
            for calls in 1...2 {
                await bench.waitForCalls(calls, of: "VerifyStore")
                await bench.time.waitForSleepers(1)
                #expect(await bench.queue.current == nil)
                #expect(await bench.queue.pending == [["11"]])
                bench.time.advance(by: .seconds(30))
            }
            await bench.waitForPlan()
        }
        #expect(try await bench.counted == ["11 succeeded": 1])
        #expect(bench.complaints == ["the verification is delayed", "the verification is delayed"])
    }

    @Test("is given up, and not counted, where that goes on for as long as it may take")
    func neverSent() async throws {
        let bench = try VerificationBench { $0.stopAfter = .minutes(5) }
        bench.server.answerAlways("VerifyStore", .broken(.connect, wasSent: false))
        try await bench.running {
            await bench.passToNextHour()
            for calls in 1...10 {
                await bench.waitForCalls(calls, of: "VerifyStore")
                await bench.time.waitForSleepers(1)
                bench.time.advance(by: .seconds(30))
            }
            await bench.waitForPlan()
        }
        #expect(bench.server.calls(of: "VerifyStore").count == 10)
        #expect(try await bench.counted.isEmpty)
        #expect(bench.complaints.last == "a verification cannot be started")
        #expect(await bench.queue.pending.isEmpty)
    }

    @Test("is left out until its next time where the stores cannot be listed for as long as it may take")
    func givenUp() async throws {
        let bench = try VerificationBench { $0.stopAfter = .minutes(5) }
        bench.server.answerAlways("GetStores", .broken(.connect))
        try await bench.running {
            await bench.passToNextHour()
            for pause in [30, 60, 120] {
                await bench.time.waitForSleepers(1)
                bench.time.advance(by: .seconds(pause))
            }
            await bench.waitForPlan()
        }
        #expect(bench.server.calls(of: "GetStores").count == 4)
        #expect(
            bench.log.events.contains {
                $0.level == .error && $0.message.contains("skipped until its next scheduled time")
            })
    }
}
