/// How names that Prometheus 2 could not read are written.
///
/// Prometheus's documentation specifies it under "UTF-8 metric and label name escaping schemes". The raw value is that of the `escaping` parameter in `Accept` and `Content-Type`.
package enum EscapingScheme: String, Sendable, Hashable, CaseIterable {
    /// Names stay as they are and are written in quotes.
    case allowUTF8 = "allow-utf-8"
    /// Every character that is not allowed becomes an underscore. What is meant where nobody asked for a scheme.
    case underscores
    /// A dot becomes `_dot_`, an underscore two, and every other character that is not allowed two as well.
    case dots
    /// `U__`, then the name with every character that is not allowed as its code point between underscores.
    case values
}
