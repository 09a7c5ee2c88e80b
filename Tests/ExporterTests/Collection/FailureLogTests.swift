import Logging
import MailStoreAPI
import Testing

@testable import Exporter

@Suite("A failure is logged when it begins and when it is over")
struct FailureLogTests {
    private let recording = RecordingLog()

    private func failure(_ reason: APIError.Reason) -> APIError {
        APIError(reason, function: "GetStores", description: "what is wrong and what to do")
    }

    @Test("the same failure is a warning once; another reason is a new one")
    func failures() {
        var log = FailureLog(logger: recording.logger)
        log.failed(.stores, failure(.timeout))
        log.failed(.stores, failure(.timeout))
        log.failed(.stores, failure(.connect))
        log.failed(.users, failure(.connect))
        #expect(recording.events.map(\.level) == [.warning, .debug, .warning, .warning])
        #expect(
            recording.events.first?.metadata == [
                "collector": "stores", "function": "GetStores", "reason": "timeout",
                "error": "what is wrong and what to do",
            ])
    }

    @Test("its end is told once, and the next one is a warning again")
    func recovery() {
        var log = FailureLog(logger: recording.logger)
        log.succeeded(.stores)
        log.failed(.stores, failure(.timeout))
        log.succeeded(.stores)
        log.succeeded(.stores)
        log.failed(.stores, failure(.timeout))
        #expect(recording.events.map(\.level) == [.debug, .warning, .notice, .debug, .warning])
    }

    @Test("a server that does not list its functions is told of once for each reason")
    func metadata() {
        var log = FailureLog(logger: recording.logger)
        for reason in [APIError.Reason.unauthorized, .unauthorized, .timeout] { log.failedMetadata(failure(reason)) }
        #expect(recording.events.map(\.level) == [.warning, .debug, .warning])
    }

    @Test("values that leave the page are told of with their age")
    func expiry() {
        let log = FailureLog(logger: recording.logger)
        log.expired(.stores, after: .seconds(1500))
        #expect(recording.events.map(\.level) == [.warning])
        #expect(recording.events.first?.metadata == ["collector": "stores", "max_age_seconds": "1500.0"])
    }
}
