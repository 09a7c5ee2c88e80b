/// Remembers which logins were right and which were wrong, in bounded room.
///
/// The two have rooms of their own: no flood of wrong ones drives out a right one.
struct VerdictCache: Sendable {
    private var right: RecentSet<[UInt8]>
    private var wrong: RecentSet<[UInt8]>

    /// - Parameters:
    ///   - right: How many right logins are remembered; a user has one, or a few that bcrypt takes for the same.
    ///   - wrong: How many wrong ones.
    init(right: Int = 1024, wrong: Int = 1024) {
        self.right = RecentSet(capacity: right)
        self.wrong = RecentSet(capacity: wrong)
    }

    /// Whether a login is right; `nil` where that is not known.
    func verdict(_ digest: [UInt8]) -> Bool? {
        if right.contains(digest) { return true }
        return wrong.contains(digest) ? false : nil
    }

    mutating func remember(_ digest: [UInt8], isRight: Bool) {
        if isRight { right.insert(digest) } else { wrong.insert(digest) }
    }
}
