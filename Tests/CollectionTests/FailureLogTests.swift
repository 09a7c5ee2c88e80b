import Logging
import MailStoreAPI
import TestSupport
import Testing

@testable import Collection

@Suite("A failure is logged when it begins and when it is over")
struct FailureLogTests {
    private let recording = RecordingLog()

    private func failure(_ reason: APIError.Reason) -> APIError {
        APIError(reason, function: "GetStores", description: "what is wrong and what to do")
    }

    @Test("the same failure is a warning once; another reason is a new one")
    func failures() {
        var log = FailureLog(logger: recording.logger)
        log.failed(.stores, failure(.timeout), at: .zero)
        log.failed(.stores, failure(.timeout), at: .zero)
        log.failed(.stores, failure(.connect), at: .zero)
        log.failed(.users, failure(.connect), at: .zero)
        #expect(recording.events.map(\.level) == [.warning, .debug, .warning, .warning])
        #expect(
            recording.events.first?.metadata == [
                "collector": "stores", "function": "GetStores", "reason": "timeout",
                "error": "what is wrong and what to do",
            ])
    }

    @Test("a failure that goes on is summarised once an hour, and reasons that alternate are no news")
    func summary() {
        var log = FailureLog(logger: recording.logger)
        for minute in 0...130 {
            log.failed(.stores, failure(minute.isMultiple(of: 2) ? .timeout : .connect), at: .seconds(minute * 60))
        }
        log.succeeded(.stores)
        let told = recording.events.filter { $0.level != .debug }
        #expect(told.map(\.level) == [.warning, .warning, .warning, .warning, .notice])
        // The second reason came at the first minute; an hour after it the 62nd failure, an hour later the 122nd.
        #expect(told.compactMap { $0.metadata["failures"] } == ["62", "122", "131"])
    }

    @Test("its end is told once, and the next one is a warning again")
    func recovery() {
        var log = FailureLog(logger: recording.logger)
        log.succeeded(.stores)
        log.failed(.stores, failure(.timeout), at: .zero)
        log.succeeded(.stores)
        log.succeeded(.stores)
        log.failed(.stores, failure(.timeout), at: .zero)
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
