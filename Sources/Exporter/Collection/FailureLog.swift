import Logging
import MailStoreAPI

/// Logs the failures of one target: each once when it begins and once when it is over, not at every try.
struct FailureLog: Sendable {
    private let logger: Logger
    private var failing: [CollectorName: APIError.Reason] = [:]
    private var metadataReason: APIError.Reason?

    init(logger: Logger) {
        self.logger = logger
    }

    mutating func failed(_ collector: CollectorName, _ error: APIError) {
        let isKnown = failing.updateValue(error.reason, forKey: collector) == error.reason
        logger.log(
            level: isKnown ? .debug : .warning, "collector failed",
            metadata: [
                "collector": "\(collector.rawValue)", "function": "\(error.function)",
                "reason": "\(error.reason.rawValue)", "error": "\(error.description)",
            ])
    }

    mutating func succeeded(_ collector: CollectorName) {
        guard failing.removeValue(forKey: collector) != nil else {
            logger.debug("collector succeeded", metadata: ["collector": "\(collector.rawValue)"])
            return
        }
        logger.notice("collector works again", metadata: ["collector": "\(collector.rawValue)"])
    }

    mutating func failedMetadata(_ error: APIError) {
        let level: Logger.Level = metadataReason == error.reason ? .debug : .warning
        metadataReason = error.reason
        logger.log(
            level: level, "cannot ask which functions the server offers",
            metadata: ["reason": "\(error.reason.rawValue)", "error": "\(error.description)"])
    }

    mutating func succeededMetadata() {
        guard metadataReason != nil else { return }
        metadataReason = nil
        logger.notice("the server says again which functions it offers")
    }

    func expired(_ collector: CollectorName, after age: Duration) {
        logger.warning(
            "values are too old and leave the page",
            metadata: ["collector": "\(collector.rawValue)", "max_age_seconds": "\(age.inSeconds)"])
    }
}
