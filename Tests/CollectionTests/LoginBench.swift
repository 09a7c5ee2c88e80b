import MailStoreAPI
import TestSupport

@testable import Collection
@testable import Configuration
@testable import OperatingSystem

/// A keeper of logins whose password a test can change; `nil` makes it unreadable.
struct LoginBench {
    let time = ManualTime()
    let password = Locked<String?>("first")
    let keeper: LoginBackoff

    init() {
        let password = password
        keeper = LoginBackoff(username: "admin", clock: time.clock) { () throws(PasswordError) in
            guard let text = password.withLock({ $0 }) else {
                throw PasswordError("the password file cannot be used")
            }
            return Secret(text)
        }
    }

    func credentials() async throws(APIError) -> Credentials {
        try await keeper.credentials(for: "GetStores")
    }

    /// One whole call: asks for the login and tells how it ended.
    func call(_ reason: APIError.Reason?) async throws(APIError) {
        let credentials = try await credentials()
        await end(credentials, reason)
    }

    func end(_ credentials: Credentials, _ reason: APIError.Reason?) async {
        await keeper.ended(
            credentials, with: reason.map { APIError($0, function: "GetStores", description: "it failed") })
    }
}
