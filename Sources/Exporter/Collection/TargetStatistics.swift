import MailStoreAPI
import NIOConcurrencyHelpers

/// Counts what the calls to one target were and how they ended.
///
/// The counters begin at 0 when the program starts, as Prometheus expects of counters of a process.
final class TargetStatistics: CallObserver {
    /// The calls of one function.
    struct Calls: Sendable {
        var requests: UInt64 = 0
        var seconds = 0.0
        var errors: [APIError.Reason: UInt64] = [:]
        var exceptions: [String: UInt64] = [:]
        var unreadableWindows: UInt64 = 0
    }

    /// The fields whose values are counted when they are no known ones.
    enum Field: String, Sendable, CaseIterable {
        case storeState = "requestedState"
        case result
    }

    struct Counts: Sendable {
        /// By function; all that can be called are there from the start.
        var calls: [String: Calls] = [:]
        var unknownValues: [Field: UInt64] = [:]
        var certificate: CertificateFacts?
    }

    fileprivate struct State {
        var counts = Counts()
        /// The exception types that have a label of their own, the first to be met.
        var namedExceptions: Set<String> = []
        /// When a call was last let in, by the clock that only goes forward.
        var lastLetIn: Duration?
        var calls = CallLog()
    }

    private let state: NIOLockedValueBox<State>
    private let server: ServerClock
    private let timekeeper: Timekeeper

    /// - Parameter functions: those that the target's collectors call, so that they are there at 0 from the start.
    init(functions: [InformationalFunction], server: ServerClock, timekeeper: Timekeeper) {
        var initial = State()
        for name in functions.map(\.rawValue) + ServiceCall.allCases.map(\.rawValue) {
            initial.counts.calls[name] = Calls()
        }
        state = NIOLockedValueBox(initial)
        self.server = server
        self.timekeeper = timekeeper
    }

    var counts: Counts {
        state.withLockedValue { $0.counts }
    }

    /// The newest calls.
    var calls: CallLog {
        state.withLockedValue { $0.calls }
    }

    /// Whether a call with a login was let in at or after that moment.
    func wasLetIn(since moment: Duration) -> Bool {
        state.withLockedValue { $0.lastLetIn.map { $0 >= moment } ?? false }
    }

    func callEnded(_ call: CallRecord) {
        if let skew = call.clockSkew { server.measured(skew: skew) }
        let (now, time) = (timekeeper.uptime(), timekeeper.now())
        state.withLockedValue { state in
            state.calls.append(call, at: time)
            state.counts.calls[call.function, default: Calls()].requests += 1
            state.counts.calls[call.function, default: Calls()].seconds += call.duration.inSeconds
            if let certificate = call.certificate { state.counts.certificate = certificate }
            if let error = call.error {
                state.count(error)
            }
            let isAnswered = call.error == nil || call.error?.reason == .apiError
            if isAnswered, call.function != ServiceCall.getMetadata.rawValue { state.lastLetIn = now }
        }
    }

    func callFailed(_ error: APIError) {
        let time = timekeeper.now()
        state.withLockedValue { state in
            state.calls.append(error, at: time)
            state.count(error)
        }
    }

    func metUnknownValue(of field: Field, times: Int = 1) {
        state.withLockedValue { $0.counts.unknownValues[field, default: 0] += UInt64(max(0, times)) }
    }

    func metUnreadableWindow(of function: String) {
        state.withLockedValue { $0.counts.calls[function, default: Calls()].unreadableWindows += 1 }
    }
}

extension TargetStatistics.State {
    fileprivate mutating func count(_ error: APIError) {
        counts.calls[error.function, default: .init()].errors[error.reason, default: 0] += 1
        guard let exception = error.exception else { return }
        let isNamed = namedExceptions.contains(exception) || namedExceptions.count < ResultVocabulary.limit
        if isNamed { namedExceptions.insert(exception) }
        let label = isNamed ? exception : ResultVocabulary.other
        counts.calls[error.function, default: .init()].exceptions[label, default: 0] += 1
    }
}
