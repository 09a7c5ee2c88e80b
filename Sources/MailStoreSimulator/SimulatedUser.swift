/// A user of the simulated server.
public struct SimulatedUser: Sendable, Equatable {
    /// The login name.
    public var userName: String
    /// The full name; nil: none was entered.
    public var fullName: String?
    /// The name in the directory service; nil: the user is not from a directory service.
    public var distinguishedName: String?
    /// The status of multi-factor authentication: `Disabled` as on real servers, or another word such as `Enabled` (a
    /// guess).
    public var mfaStatus: String
    /// The password; empty: the user cannot log in with it.
    public var password: String
    /// The API password, which a user with multi-factor authentication needs; nil: none.
    public var appPassword: String?
    /// Whether the user is an administrator; the API answers 403 to all others.
    public var isAdministrator: Bool
    /// Whether the user has the login privilege `api`.
    public var mayUseAPI: Bool

    /// Creates a user, by default one that cannot use the API.
    public init(
        userName: String,
        fullName: String? = nil,
        distinguishedName: String? = nil,
        mfaStatus: String = "Disabled",
        password: String = "",
        appPassword: String? = nil,
        isAdministrator: Bool = false,
        mayUseAPI: Bool = false
    ) {
        self.userName = userName
        self.fullName = fullName
        self.distinguishedName = distinguishedName
        self.mfaStatus = mfaStatus
        self.password = password
        self.appPassword = appPassword
        self.isAdministrator = isAdministrator
        self.mayUseAPI = mayUseAPI
    }

    /// Whether the user can log in with this password.
    func accepts(_ offered: String) -> Bool {
        guard mfaStatus == "Disabled" else { return appPassword == offered }
        return !password.isEmpty && password == offered
    }
}

/// A login session of the simulated server.
public struct SimulatedSession: Sendable, Equatable {
    /// The id; unique among the sessions.
    public var id: Int
    /// The login name of the user.
    public var userName: String
    /// The program that the user logged in with.
    public var client: String
    /// The start of the session, in seconds since 1970 (UTC).
    public var since: Double
}
