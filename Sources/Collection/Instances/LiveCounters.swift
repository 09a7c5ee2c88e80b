package import MailStoreAPI
import OperatingSystem

/// The totals of an instance's process, as counters that never decrease and never jump.
///
/// They begin anew only with another process. A reply that contradicts the one before is ignored; after three such
/// replies in a row the counters are not shown until a reply fits again, because it is not known which one was wrong.
package struct LiveCounters: Sendable, Equatable {
    /// How many replies in a row are ignored.
    static let patience = 3

    /// Why a reply is ignored.
    enum Contradiction: Sendable, Equatable {
        case decrease
        case jump
        case older
    }

    private struct Reading: Sendable, Equatable {
        var process: String?
        var timestamp: Int64?
        /// When it was read, on the monotonic clock.
        var uptime: Duration
    }

    private var last: Reading?
    /// The newest value of each total, also of those that the newest reply lacks.
    private var highest: [ProcessStatistics.Total: Int64] = [:]
    private var current = ProcessStatistics()
    private var isHidden = true
    private var ignored = 0

    package init() {}

    /// The statistics to show; `nil` if there are none that can be relied on.
    package var shown: ProcessStatistics? { isHidden ? nil : current }

    /// Stops showing the values, for example because the process has ended; what they must not fall below is kept.
    mutating func hide() {
        isHidden = true
    }

    /// Takes over a reply, unless it contradicts the one before.
    ///
    /// - Parameters:
    ///   - processID: The number of the process, which identifies it if the reply has no id.
    ///   - uptime: When the reply was read, on the monotonic clock.
    mutating func take(_ reply: ProcessStatistics, processID: Int64?, at uptime: Duration) -> Contradiction? {
        let reading = Reading(
            process: reply.process ?? processID.map { String($0) }, timestamp: reply.timestamp, uptime: uptime)
        if let contradiction = contradiction(of: reply, reading) {
            ignored += 1
            let isSameProcess = reading.process == last?.process
            // The clock of the server may have been set back, and an increase that lasts is one.
            if ignored < Self.patience || (contradiction == .decrease && isSameProcess) {
                if ignored >= Self.patience { hide() }
                return contradiction
            }
        }
        ignored = 0
        isHidden = false
        highest = reading.process == last?.process ? highest.merging(reply.totals) { $1 } : reply.totals
        (last, current) = (reading, reply)
        return nil
    }

    private func contradiction(of reply: ProcessStatistics, _ reading: Reading) -> Contradiction? {
        guard let last else { return nil }
        let isSameProcess = reading.process == last.process
        if !isSameProcess, let time = reading.timestamp, let before = last.timestamp, time < before { return .older }
        let seconds = (reading.uptime - last.uptime).inSeconds + 60
        for (total, value) in reply.totals {
            let before = isSameProcess ? highest[total] : 0
            guard let before else { continue }
            if value < before { return .decrease }
            if Double(value - before) > total.mostPerSecond * seconds { return .jump }
        }
        return nil
    }
}

extension LiveCounters.Contradiction: CustomStringConvertible {
    var description: String {
        switch self {
        case .decrease: "a total has decreased, although the process is the same"
        case .jump: "a total has increased by more than a machine can do"
        case .older: "it is older than the one before"
        }
    }
}

extension ProcessStatistics.Total {
    /// More than any machine can do in a second.
    fileprivate var mostPerSecond: Double {
        switch self {
        // 4096 processors.
        case .processorMilliseconds: 4_096_000
        case .readBytes, .writtenBytes: 1e12
        case .remoteProcedureCalls, .messagesArchived, .messagesChecked: 1e7
        }
    }
}
