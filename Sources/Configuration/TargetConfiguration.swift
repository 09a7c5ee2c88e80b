package import Foundation

/// One MailStore server to watch.
package struct TargetConfiguration: Sendable, Equatable {
    /// The value of the label `target`: unique, `[A-Za-z0-9._-]{1,64}`, not beginning with a dot.
    package var name: String
    package var url: ServerURL
    /// The login of an administrator who holds the login privilege `api`.
    package var username: String
    package var password: PasswordSource
    package var trust: TLSTrust
    /// What is collected, in the order of ``CollectorName``; at least one.
    package var collectors: [CollectorName]
    /// The zone of times without an offset, for a server that does not know UTC; `nil` where none was set.
    package var serverTimeZone: TimeZone?
    package var expectedIntervals: ExpectedIntervals
    /// The verifications that the exporter itself runs; `nil` where it runs none.
    package var verification: VerificationSettings?

    package init(
        name: String, url: ServerURL, username: String, password: PasswordSource,
        trust: TLSTrust = .verified(caFile: nil, pin: nil), collectors: [CollectorName] = CollectorName.allCases,
        serverTimeZone: TimeZone? = nil, expectedIntervals: ExpectedIntervals = ExpectedIntervals(),
        verification: VerificationSettings? = nil
    ) {
        self.name = name
        self.url = url
        self.username = username
        self.password = password
        self.trust = trust
        self.collectors = collectors
        self.serverTimeZone = serverTimeZone
        self.expectedIntervals = expectedIntervals
        self.verification = verification
    }
}
