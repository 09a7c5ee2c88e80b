import Logging
import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import Configuration

@Suite("A failure is logged when it begins and when it is over")
struct FailureLogTests {
    private let recording = RecordingLog()

    private func failure(_ reason: APIError.Reason) -> APIError {
        APIError(reason, function: "GetStores", description: "what is wrong and what to do")
    }

    /// What is logged above the level of debugging.
    private var told: [RecordingLog.Event] { recording.events.filter { $0.level != .debug } }

    /// Lets a heartbeat end.
    private func beat(_ log: inout FailureLog, isUp: Bool = true, at seconds: Int = 0, _ error: APIError? = nil) {
        log.found(
            isUp: isUp, error, nil, facts: isUp ? ["version": "25.3"] : [:], at: .seconds(seconds))
        if let error { log.failed(.server, error, at: .seconds(seconds)) } else { log.succeeded(.server) }
        log.heartbeatEnded(at: .seconds(seconds))
    }

    @Test("the same failure of a function is a warning once; another reason is a new one")
    func failures() {
        var log = FailureLog(logger: recording.logger)
        log.failed(.stores, failure(.apiError), at: .zero)
        log.failed(.stores, failure(.apiError), at: .zero)
        log.failed(.stores, failure(.tooLarge), at: .zero)
        log.failed(.users, failure(.tooLarge), at: .zero)
        #expect(recording.events.map(\.level) == [.warning, .debug, .warning, .warning])
        #expect(
            recording.events.first?.metadata == [
                "collector": "stores", "function": "GetStores", "reason": "api_error",
                "error": "what is wrong and what to do",
            ])
    }

    @Test("what may concern the whole target waits for the heartbeat, and is one line for each reason if it is up")
    func waiting() {
        var log = FailureLog(logger: recording.logger)
        beat(&log)
        for name in [CollectorName.users, .stores, .jobs] {
            log.failed(name, failure(name == .jobs ? .connect : .timeout), at: .zero)
        }
        #expect(told.map(\.message) == ["target is up"])
        beat(&log, at: 60)
        #expect(told.dropFirst().map { $0.metadata["collector"] } == ["jobs", "users,stores"])
        // They are told now: no second time.
        log.failed(.users, failure(.timeout), at: .seconds(900))
        beat(&log, at: 960)
        #expect(told.count == 3)
        for name in [CollectorName.users, .stores, .jobs] { log.succeeded(name) }
        #expect(told.suffix(3).map(\.message) == Array(repeating: "collector works again", count: 3))
    }

    @Test("a login that is refused for one collector is explained as the function's own if the heartbeat is let in")
    func ownRefusal() {
        var log = FailureLog(logger: recording.logger)
        var refusal = failure(.unauthorized)
        refusal.httpStatus = 401
        log.failed(.users, refusal, at: .zero)
        beat(&log)
        #expect(told.last?.metadata["error"]?.hasPrefix("the server refuses GetStores (401), but accepts") == true)
        log.failed(.users, refusal.concerningFunctionAlone(), at: .seconds(60))
        #expect(told.count == 2)
    }

    @Test("a target that fails is one line with the remedy, and one with the version when that is over")
    func outage() {
        var log = FailureLog(logger: recording.logger)
        beat(&log)
        log.failed(.jobs, failure(.connect), at: .seconds(50))
        log.failedMetadata(failure(.connect))
        beat(&log, isUp: false, at: 60, failure(.connect))
        for name in CollectorName.allCases { log.failed(name, failure(.connect), at: .seconds(60)) }
        log.expired(.stores, after: .seconds(1500))
        beat(&log, isUp: false, at: 120, failure(.connect))
        beat(&log, at: 180)
        for name in CollectorName.allCases { log.succeeded(name) }
        #expect(told.map(\.message) == ["target is up", "target is down", "target is up again"])
        #expect(told.map(\.level) == [.notice, .warning, .notice])
        #expect(told[0].metadata == ["version": "25.3"])
        #expect(told[1].metadata == ["reason": "connect", "error": "what is wrong and what to do"])
        #expect(told[2].metadata == ["version": "25.3", "down_seconds": "120"])
    }

    @Test("an outage is logged once an hour, and when its reason is a new one")
    func longOutage() {
        var log = FailureLog(logger: recording.logger)
        for minute in 0...130 {
            beat(&log, isUp: false, at: minute * 60, failure(minute.isMultiple(of: 2) ? .timeout : .connect))
        }
        #expect(told.map(\.message) == ["target is down"] + Array(repeating: "target is still down", count: 3))
        #expect(told.compactMap { $0.metadata["down_seconds"] } == ["60", "3660", "7260"])
    }

    @Test("a certificate that is refused is logged with its thumbprints")
    func certificate() {
        var log = FailureLog(logger: recording.logger)
        var certificate = CertificateInfo(
            notAfter: 0, notBefore: 0, subject: "", issuer: "", publicKeyPin: "", verified: false)
        (certificate.sha1, certificate.sha256) = ("AB", "CD")
        log.found(isUp: false, failure(.tls), certificate, facts: [:], at: .zero)
        #expect(told[0].metadata["certificate_sha1"] == "AB" && told[0].metadata["certificate_sha256"] == "CD")
    }

    @Test("a failure that goes on is summarised once an hour, and reasons that alternate are no news")
    func summary() {
        var log = FailureLog(logger: recording.logger)
        for minute in 0...130 {
            log.failed(.stores, failure(minute.isMultiple(of: 2) ? .apiError : .tooLarge), at: .seconds(minute * 60))
        }
        log.succeeded(.stores)
        #expect(told.map(\.level) == [.warning, .warning, .warning, .warning, .notice])
        // The second reason came at the first minute; an hour after it the 62nd failure, an hour later the 122nd.
        #expect(told.compactMap { $0.metadata["failures"] } == ["62", "122", "131"])
    }

    @Test("its end is told once, and the next one is a warning again")
    func recovery() {
        var log = FailureLog(logger: recording.logger)
        log.succeeded(.stores)
        log.failed(.stores, failure(.apiError), at: .zero)
        log.succeeded(.stores)
        log.succeeded(.stores)
        log.failed(.stores, failure(.apiError), at: .zero)
        #expect(recording.events.map(\.level) == [.debug, .warning, .notice, .debug, .warning])
    }

    @Test("a server that does not list its functions is told of once for each reason, unless it is down")
    func metadata() {
        var log = FailureLog(logger: recording.logger)
        for reason in [APIError.Reason.unauthorized, .unauthorized, .timeout] {
            log.failedMetadata(failure(reason))
            beat(&log)
        }
        log.succeededMetadata()
        #expect(
            told.map(\.message) == [
                "target is up", "cannot read the server's list of functions",
                "cannot read the server's list of functions", "the server's list of functions can be read again",
            ])
    }

    @Test("values that leave the page are told of with their age")
    func expiry() {
        let log = FailureLog(logger: recording.logger)
        log.expired(.stores, after: .seconds(1500))
        #expect(recording.events.map(\.level) == [.warning])
        #expect(recording.events.first?.metadata == ["collector": "stores", "max_age_seconds": "1500.0"])
    }
}
