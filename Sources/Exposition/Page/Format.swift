/// One of the two text formats that a page can be written in.
package enum Format: String, Sendable, Hashable, CaseIterable {
    /// Prometheus's text format, versions 0.0.4 and 1.0.0. They differ in how names are escaped, not in layout.
    case text
    /// OpenMetrics 1.0.
    case openMetrics = "openmetrics"
}
