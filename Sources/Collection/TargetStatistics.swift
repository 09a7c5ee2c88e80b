import Configuration
import Ledger
package import MailStoreAPI
import OperatingSystem
import PlainText

/// Counts the calls to one target, by outcome.
///
/// The counters begin at 0 when the program starts, as Prometheus expects of counters of a process.
package final class TargetStatistics: CallObserver {
    /// The calls of one function.
    package struct Calls: Sendable, Equatable {
        var requests: UInt64 = 0
        var seconds = 0.0
        var errors: [APIError.Reason: UInt64] = [:]
        var exceptions: [String: UInt64] = [:]
        package var unreadableWindows: UInt64 = 0
        var implausibleTimes: UInt64 = 0
        var reusedIDs: UInt64 = 0
        var forgottenItems: UInt64 = 0
        var skippedRows: UInt64 = 0
    }

    /// The fields whose unknown values are counted.
    enum Field: String, Sendable, CaseIterable {
        case storeState = "requestedState"
        case result
        case instanceStatus = "status"
        case messageSeverity = "type"

        /// Whether only results of the Service Provider Edition have the field.
        var isOfServiceProvider: Bool {
            switch self {
            case .storeState, .result: false
            case .instanceStatus, .messageSeverity: true
            }
        }
    }

    package struct Counts: Sendable {
        /// The calls by function; the functions that the target's collectors call are present from the start.
        package var calls: [String: Calls] = [:]
        var unknownValues: [Field: UInt64] = [:]
        package var certificate: CertificateInfo?

        /// Everything that only an error or an oddity changes.
        var faults: Faults {
            var faults = Faults(calls: calls, unknownValues: unknownValues)
            for function in calls.keys {
                faults.calls[function]?.requests = 0
                faults.calls[function]?.seconds = 0
            }
            return faults
        }
    }

    struct Faults: Equatable {
        fileprivate(set) var calls: [String: Calls]
        fileprivate(set) var unknownValues: [Field: UInt64]
    }

    private struct State {
        var counts = Counts()
        /// The exception types that have their own label value: the first ones that occur.
        var namedExceptions: Set<String> = []
        /// When a call was last accepted, on the monotonic clock.
        var lastAccepted: Duration?
        /// When the server last could not be reached, on the monotonic clock.
        var lastUnreachable: Duration?
        var calls = CallLog()
        /// What could not be used of the results of each function since it was last taken.
        var oddities: [String: ReplyOddities] = [:]

        mutating func count(_ error: APIError) {
            counts.calls[error.function, default: .init()].errors[error.reason, default: 0] += 1
            guard let exception = error.exception else { return }
            let isNamed = namedExceptions.contains(exception) || namedExceptions.count < ResultVocabulary.limit
            if isNamed { namedExceptions.insert(exception) }
            let label = isNamed ? exception : ResultVocabulary.other
            counts.calls[error.function, default: .init()].exceptions[label, default: 0] += 1
        }
    }

    private let state: Locked<State>
    private let server: ServerClock
    private let clock: Clock

    /// - Parameter functions: The functions that the target's collectors call; their counters start at 0.
    init(functions: [InformationalFunction], server: ServerClock, clock: Clock) {
        var initial = State()
        for name in functions.map(\.rawValue) + ServiceCall.allCases.map(\.rawValue) {
            initial.counts.calls[name] = Calls()
        }
        state = Locked(initial)
        self.server = server
        self.clock = clock
    }

    /// Begins to count the calls of other functions; functions that were never called are dropped.
    func begin(_ functions: [InformationalFunction]) {
        let wanted = Set(functions.map(\.rawValue) + ServiceCall.allCases.map(\.rawValue))
        state.withLock { state in
            state.counts.calls = state.counts.calls.filter { $0.value.requests > 0 || wanted.contains($0.key) }
            for name in wanted where state.counts.calls[name] == nil { state.counts.calls[name] = Calls() }
        }
    }

    package var counts: Counts {
        state.withLock { $0.counts }
    }

    /// The newest calls.
    var calls: CallLog {
        state.withLock { $0.calls }
    }

    /// Whether the server accepted a call with a login at or after that moment.
    func wasAccepted(since moment: Duration) -> Bool {
        state.withLock { $0.lastAccepted.map { $0 >= moment } ?? false }
    }

    /// Whether the server accepted a call with a login at or after that moment, and could be reached since.
    func isAnswering(since moment: Duration) -> Bool {
        state.withLock { state in
            guard let accepted = state.lastAccepted, accepted >= moment else { return false }
            return state.lastUnreachable.map { $0 <= accepted } ?? true
        }
    }

    package func callEnded(_ call: CallRecord) {
        if let skew = call.clockSkew { server.measured(skew: skew) }
        let (now, time) = (clock.uptime(), clock.now())
        state.withLock { state in
            state.calls.append(call, at: time)
            state.counts.calls[call.function, default: Calls()].requests += 1
            state.counts.calls[call.function, default: Calls()].seconds += call.duration.inSeconds
            if let certificate = call.certificate { state.counts.certificate = certificate }
            if let error = call.error {
                state.count(error)
            }
            if let reason = call.error?.reason, [.dns, .connect, .tls].contains(reason) { state.lastUnreachable = now }
            let isAnswered = call.error == nil || call.error?.reason == .apiError
            if isAnswered, call.function != ServiceCall.getMetadata.rawValue { state.lastAccepted = now }
        }
    }

    package func callFailed(_ error: APIError) {
        let time = clock.now()
        state.withLock { state in
            state.calls.append(error, at: time)
            state.count(error)
        }
    }

    package func resultRead(_ oddities: ReplyOddities, of function: String) {
        guard !oddities.isEmpty else { return }
        state.withLock { state in
            state.oddities[function] = state.oddities[function]?.joined(with: oddities) ?? oddities
            state.counts.calls[function, default: Calls()].skippedRows += UInt64(oddities.skippedRows)
        }
    }

    /// What could not be used of the results of the functions since the last call.
    package func takeFlaws(of functions: [String]) -> [ReplyFlaw] {
        state.withLock { state in
            functions.flatMap { function in
                (state.oddities.removeValue(forKey: function)?.findings ?? []).map {
                    ReplyFlaw(function: function, finding: $0)
                }
            }
        }
    }

    func countUnknownValues(of field: Field, _ count: Int = 1) {
        state.withLock { $0.counts.unknownValues[field, default: 0] += UInt64(max(0, count)) }
    }

    func countImplausibleTimes(of function: String, _ count: Int) {
        state.withLock { $0.counts.calls[function, default: Calls()].implausibleTimes += UInt64(max(0, count)) }
    }

    func countReusedIDs(of function: String, _ count: Int) {
        state.withLock { $0.counts.calls[function, default: Calls()].reusedIDs += UInt64(max(0, count)) }
    }

    func countForgottenItems(of function: String, _ count: Int) {
        state.withLock { $0.counts.calls[function, default: Calls()].forgottenItems += UInt64(max(0, count)) }
    }

    func countSkippedRows(of function: String, _ count: Int) {
        state.withLock { $0.counts.calls[function, default: Calls()].skippedRows += UInt64(max(0, count)) }
    }

    func countUnreadableWindow(of function: String) {
        state.withLock { $0.counts.calls[function, default: Calls()].unreadableWindows += 1 }
    }
}

/// Rows or fields of a function's replies that could not be used.
package struct ReplyFlaw: Sendable, Equatable {
    var function: String
    var finding: ReplyOddities.Finding
}

extension ReplyFlaw: CustomStringConvertible {
    package var description: String {
        "\(function): \(finding.message) (\(finding.count)); the first: \(finding.first)"
    }
}
