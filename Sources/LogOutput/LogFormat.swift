/// How log lines are written.
package enum LogFormat: String, Sendable, CaseIterable {
    /// `ts=… level=info msg=listening address=127.0.0.1:9463`, as Prometheus writes them.
    case logfmt
    /// One JSON object a line.
    case json
}
