package import Exposition

/// All that one target has on the page.
package struct TargetPage: Sendable {
    package let target: String
    package let blocks: [FamilyBlock]
    /// Whether the target has been tried at least once.
    let wasTried: Bool
    /// How often its state could not be saved since the start.
    package let stateSaveFailures: Int
    /// Series that were left out since the page before, because they came twice.
    package let newDuplicates: Int
    /// The same for people; `nil` where nobody made one.
    package var report: TargetReport?
}

/// Where targets put their pages.
package protocol PageSink: Sendable {
    func update(_ page: TargetPage)
}
