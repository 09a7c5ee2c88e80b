import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import Ledger
@testable import OperatingSystem

@Suite("A collector's three facts are kept apart")
struct CollectorStateTests {
    private struct Values: CollectedValues {
        func write(to samples: inout SampleWriter, ledger: TargetLedger) {}
    }

    private let now = Timestamp(secondsSince1970: 1_767_225_600)
    private let failure = APIError(.timeout, function: "GetStores", description: "too slow")

    private func succeededState() -> CollectorState {
        var state = CollectorState()
        state.collected(Values(), at: now, uptime: .seconds(100))
        return state
    }

    @Test("nothing is known before the first try")
    func beginning() {
        let state = CollectorState()
        #expect(state.isSupported == nil && state.succeeded == nil && state.lastSuccess == nil)
        #expect(state.expiry(maximumAge: .seconds(1)) == nil)
    }

    @Test("a failure leaves the values and the last success where they were")
    func failureAfterSuccess() {
        var state = succeededState()
        state.failed(failure)
        #expect(state.succeeded == false)
        #expect(state.lastSuccess == now)
        #expect(state.values != nil)
        #expect(state.lastError?.reason == .timeout)
        state.collected(Values(), at: now + .seconds(60), uptime: .seconds(160))
        #expect(state.succeeded == true)
        #expect(state.lastError == nil)
    }

    @Test("values go when their age is reached, not before, and only once")
    func expiry() {
        var state = succeededState()
        #expect(state.expire(at: .seconds(399), maximumAge: .seconds(300)) == false)
        #expect(state.values != nil)
        #expect(state.expire(at: .seconds(400), maximumAge: .seconds(300)) == true)
        #expect(state.values == nil)
        #expect(state.lastSuccess == now)
        #expect(state.expire(at: .seconds(500), maximumAge: .seconds(300)) == false)
    }

    @Test("a collector that is not supported any more shows nothing and has not failed")
    func unsupported() {
        var state = succeededState()
        state.failed(failure)
        state.becameUnsupported()
        #expect(state.isSupported == false)
        #expect(state.succeeded == nil)
        #expect(state.values == nil)
        #expect(state.lastError == nil)
    }
}
