import PlainText

/// The limits that keep a server with absurdly many things from using up the memory.
///
/// The defaults are far above what real servers have: thousands of users, and 25,000 runs of profiles a year
/// (`docs/api.md`, "Outcomes").
package struct LimitSettings: Sendable, Equatable {
    /// The most rows that are read of one reply, from 1,000 to 10 million.
    package var rowsPerReply: Int
    /// The most series of one target, from 1,000 to 100 million.
    package var seriesPerTarget: Int

    package init(rowsPerReply: Int = 100_000, seriesPerTarget: Int = 300_000) {
        self.rowsPerReply = rowsPerReply
        self.seriesPerTarget = seriesPerTarget
    }

    /// Reads the section `limits`.
    init(_ root: MappingReader) {
        let defaults = LimitSettings()
        let section = root.section("limits", keys: ConfigurationSchema.limits)
        rowsPerReply =
            section?.value("rows_per_reply", SimpleValue.number(in: 1000...10_000_000)) ?? defaults.rowsPerReply
        seriesPerTarget =
            section?.value("series_per_target", SimpleValue.number(in: 1000...100_000_000))
            ?? defaults.seriesPerTarget
    }
}
