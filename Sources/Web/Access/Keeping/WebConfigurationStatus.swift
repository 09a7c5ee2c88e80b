import OperatingSystem

/// How the last reading of the web configuration went.
package struct WebConfigurationStatus: Sendable, Equatable {
    /// Why the last reading was refused, with the remedy and without secrets; `nil` where it was taken.
    var failure: String?
    /// When a reading was last taken.
    var lastSuccess: Timestamp

    var wasSuccessful: Bool { failure == nil }
}
