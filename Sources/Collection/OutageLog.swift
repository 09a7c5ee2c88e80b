import Logging
import MailStoreAPI
import OperatingSystem

/// Logs when a target is up for the first time, when it is down, with the remedy, and when it is up again.
struct OutageLog: Sendable {
    private struct Outage {
        let start: Duration
        var lastLine: Duration
        /// Those that were logged.
        var reasons: Set<APIError.Reason?> = []
    }

    private let logger: Logger
    private var outage: Outage?
    /// Nil until the target was tried.
    private(set) var isUp: Bool?

    init(logger: Logger) {
        self.logger = logger
    }

    /// What a server reports about itself.
    ///
    /// - Parameter values: Those of the heartbeat.
    static func facts(_ values: (any CollectedValues)?, hidesNames: Bool) -> Logger.Metadata {
        let (edition, version, name): (String, String?, String?)
        switch values {
        case let server as ServerCollector.Values:
            (edition, version, name) = ("MailStore Server", server.info.version, server.info.machineName)
        case let environment as EnvironmentCollector.Values:
            (edition, version, name) = ("MailStore SPE", environment.info.version, environment.info.serverName)
        default: return [:]
        }
        var facts: Logger.Metadata = ["edition": "\(edition)"]
        if let version { facts["version"] = "\(version)" }
        if let name, !hidesNames { facts["server_name"] = "\(name)" }
        return facts
    }

    /// - Parameter facts: ``facts(_:hidesNames:)``.
    mutating func foundUp(_ facts: Logger.Metadata, at now: Duration) {
        defer { (isUp, outage) = (true, nil) }
        if let outage {
            let seconds = Int64((now - outage.start).inSeconds)
            logger.notice("target is up again", metadata: facts.merging(["down_seconds": "\(seconds)"]) { $1 })
        } else if isUp != true {
            logger.notice("target is up", metadata: facts)
        }
    }

    /// - Parameters:
    ///   - error: Why, if that is known.
    ///   - certificate: The one that the server showed last.
    mutating func foundDown(_ error: APIError?, _ certificate: CertificateInfo?, at now: Duration) {
        isUp = false
        let isFirst = outage == nil
        var outage = outage ?? Outage(start: now, lastLine: now)
        let isNew = outage.reasons.insert(error?.reason).inserted
        let isDue = now - outage.lastLine >= FailureLog.summaryInterval
        if isNew || isDue {
            var metadata: Logger.Metadata = ["error": "\(error?.description ?? "no call was accepted")"]
            if let error { metadata["reason"] = "\(error.reason.rawValue)" }
            if error?.reason == .tls, let certificate { metadata.merge(certificate.thumbprints) { $1 } }
            if !isFirst { metadata["down_seconds"] = "\(Int64((now - outage.start).inSeconds))" }
            logger.warning(isFirst ? "target is down" : "target is still down", metadata: metadata)
            outage.lastLine = now
        }
        self.outage = outage
    }
}

extension CertificateInfo {
    /// What Windows shows of the certificate, to compare.
    fileprivate var thumbprints: Logger.Metadata {
        ["certificate_sha1": "\(sha1)", "certificate_sha256": "\(sha256)"].filter { $0.value != "" }
    }
}
