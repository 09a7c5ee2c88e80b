import MailStoreAPI
import OperatingSystem

/// A login that gives out the same credentials, or refuses to, and keeps what it is told.
final class RecordingLogin: LoginProvider {
    static let credentials = Credentials(username: "monitor", password: Secret("correct horse"))

    private let refusal: APIError?
    private let asked = Locked<[String]>([])
    private let events = Locked<[String]>([])
    private let ended = Locked<[APIError.Reason?]>([])

    init(refusal: APIError? = nil) {
        self.refusal = refusal
    }

    /// The functions for which credentials were wanted.
    var functions: [String] {
        asked.withLock { $0 }
    }

    /// How the calls ended that were given credentials.
    var outcomes: [APIError.Reason?] {
        ended.withLock { $0 }
    }

    /// What happened in which order.
    var history: [String] {
        events.withLock { $0 }
    }

    func credentials(for function: String) async throws(APIError) -> Credentials {
        asked.withLock { $0.append(function) }
        events.withLock { $0.append("asked") }
        if let refusal { throw refusal }
        return Self.credentials
    }

    func ended(_ credentials: Credentials, with error: APIError?) async {
        ended.withLock { $0.append(error?.reason) }
        events.withLock { $0.append("ended") }
    }
}
