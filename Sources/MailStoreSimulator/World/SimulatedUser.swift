/// A user of the simulated server, who may be allowed to use the API.
public struct SimulatedUser: Sendable, Equatable {
    /// The name to log on with.
    public var userName: String
    /// What people call the user; nil where nobody has entered it.
    public var fullName: String?
    /// Nil for a user that MailStore itself keeps, not a directory service.
    public var distinguishedName: String?
    /// `Disabled` is the word that real servers were seen to use; `Enabled` is a guess.
    public var mfaStatus: String
    /// An empty one lets nobody in.
    public var password: String
    /// What a user with multi-factor authentication must send instead of the password.
    public var appPassword: String?
    /// The API is for administrators alone; others are answered 403.
    public var isAdministrator: Bool
    /// Whether the user holds the login privilege `api`.
    public var mayUseAPI: Bool

    /// Creates a user; one that is not said to be an administrator cannot use the API.
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

    /// Whether that password lets the user in; with multi-factor authentication only the app password does.
    func accepts(_ offered: String) -> Bool {
        guard mfaStatus == "Disabled" else { return appPassword == offered }
        return !password.isEmpty && password == offered
    }
}

/// Somebody who is logged on.
public struct SimulatedSession: Sendable, Equatable {
    /// Unique among the sessions.
    public var id: Int
    /// The name to log on with.
    public var userName: String
    /// The program that the user logged on with.
    public var client: String
    /// Seconds since 1970 (UTC).
    public var since: Double
}
