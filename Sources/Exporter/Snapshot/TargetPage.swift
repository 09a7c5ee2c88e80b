import Exposition

/// All that one target has on the page.
struct TargetPage: Sendable {
    let target: String
    let blocks: [FamilyBlock]
    /// Whether the target has been tried at least once.
    let wasTried: Bool
    /// How often its state could not be saved since the start.
    let stateSaveFailures: Int
    /// Series that were left out since the page before, because they came twice.
    let newDuplicates: Int
    /// The same for people; `nil` where nobody made one.
    var report: TargetReport?
}

/// Where targets put their pages.
protocol PageSink: Sendable {
    func update(_ page: TargetPage)
}
