import TestSupport
import Testing

@testable import Collection
@testable import MailStoreAPI

@Suite("The calls to a target are counted by function and by how they ended")
struct TargetStatisticsTests {
    private let time = ManualTime()
    private let clock: ServerClock
    private let statistics: TargetStatistics

    init() {
        clock = ServerClock(localZone: nil, clock: time.clock)
        statistics = TargetStatistics(functions: [.getStores], server: clock, clock: time.clock)
    }

    private func record(_ function: String, _ reason: APIError.Reason? = nil, exception: String? = nil) {
        let error = reason.map { APIError($0, function: function, description: "", exception: exception) }
        statistics.callEnded(
            CallRecord(function: function, duration: .milliseconds(250), status: 200, replySize: 10, error: error))
    }

    @Test("what can be called is there from the start, at 0")
    func beginning() {
        let counts = statistics.counts
        #expect(Set(counts.calls.keys) == ["GetStores", "get-metadata", "get-status", "cancel-async"])
        #expect(counts.calls.values.allSatisfy { $0.requests == 0 && $0.seconds == 0 && $0.errors.isEmpty })
        #expect(counts.certificate == nil)
    }

    @Test("requests, seconds and errors add up")
    func sums() {
        record("GetStores")
        record("GetStores", .timeout)
        record("GetStores", .timeout)
        record("get-status")
        let calls = statistics.counts.calls
        #expect(calls["GetStores"]?.requests == 3)
        #expect(calls["GetStores"]?.seconds == 0.75)
        #expect(calls["GetStores"]?.errors == [.timeout: 2])
        #expect(calls["get-status"]?.requests == 1)
    }

    @Test("a call that failed after its requests went well is an error without a request")
    func failedLater() {
        record("GetStores")
        statistics.callFailed(APIError(.badReply, function: "GetStores", description: ""))
        #expect(statistics.counts.calls["GetStores"]?.requests == 1)
        #expect(statistics.counts.calls["GetStores"]?.errors == [.badReply: 1])
    }

    @Test("the first 32 exception types have a label of their own, later ones are other")
    func exceptions() {
        for number in 0..<40 { record("GetStores", .apiError, exception: "Vendor.Exception\(number)") }
        record("GetUsers", .apiError, exception: "Vendor.Exception0")
        record("GetUsers", .apiError, exception: "Vendor.Exception39")
        let stores = statistics.counts.calls["GetStores"]?.exceptions ?? [:]
        #expect(stores.count == 33)
        #expect(stores["other"] == 8)
        #expect(stores["Vendor.Exception31"] == 1)
        #expect(statistics.counts.calls["GetUsers"]?.exceptions == ["Vendor.Exception0": 1, "other": 1])
    }

    @Test("the last certificate that was seen is kept, also that of a failed call")
    func certificate() {
        let facts = CertificateInfo(
            notAfter: 1_800_000_000, notBefore: 1, subject: "CN=a", issuer: "CN=a", publicKeyPin: "", verified: false)
        var call = CallRecord(function: "GetStores", duration: .zero, replySize: 0)
        call.certificate = facts
        call.error = APIError(.tls, function: "GetStores", description: "")
        statistics.callEnded(call)
        record("GetStores")
        #expect(statistics.counts.certificate == facts)
    }

    @Test("the skew goes to the server's clock, and a call without one leaves it")
    func skew() {
        var call = CallRecord(function: "GetStores", duration: .zero, replySize: 0)
        call.clockSkew = 12.5
        statistics.callEnded(call)
        record("GetStores")
        #expect(clock.skew == 12.5)
    }

    @Test(
        "a call was let in where the server answered it with its login",
        arguments: [
            ("GetStores", nil, true), ("GetStores", .apiError, true), ("get-status", nil, true),
            // The list of functions is given without a login.
            ("get-metadata", nil, false), ("GetStores", .unauthorized, false), ("GetStores", .timeout, false),
            ("GetStores", .badReply, false), ("GetStores", .httpStatus, false),
        ] as [(String, APIError.Reason?, Bool)])
    func letIn(function: String, reason: APIError.Reason?, expected: Bool) {
        record(function, reason)
        #expect(statistics.wasAccepted(since: time.uptime) == expected)
    }

    @Test("a call is let in at or after a moment, not before it")
    func letInSince() {
        record("GetStores")
        let moment = time.uptime
        time.advance(by: .seconds(60))
        record("GetStores", .timeout)
        #expect(statistics.wasAccepted(since: moment))
        #expect(!statistics.wasAccepted(since: moment + .nanoseconds(1)))
    }

    @Test("unknown values and unreadable windows are counted by field and function")
    func others() {
        statistics.countUnknownValues(of: .storeState)
        statistics.countUnknownValues(of: .result, 3)
        statistics.countUnknownValues(of: .result, 0)
        statistics.countUnreadableWindow(of: "GetJobResults")
        #expect(statistics.counts.unknownValues == [.storeState: 1, .result: 3])
        #expect(statistics.counts.calls["GetJobResults"]?.unreadableWindows == 1)
    }
}
