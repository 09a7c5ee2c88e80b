/// When a job runs, in the arguments of the vendor's CreateJob.
package struct JobSchedule: Sendable, Hashable {
    /// Every so many minutes.
    package var intervalMinutes: Double?
    /// `hh:mm`; alone, it means every day.
    package var time: String?
    /// `Sunday` to `Saturday`, with a time.
    package var dayOfWeek: String?
    /// A number or `Last`, with a time; a day of the week may narrow it further.
    package var dayOfMonth: String?
    /// A single run.
    package var date: String?

    package init() {}

    /// Up to a hundred years: what a server writes beyond is no interval, and might overflow a duration.
    private static let plausibleMinutes = 0.001...52_596_000

    /// Reads an interval in minutes; `nil` where `text` is no number or none that is plausible.
    static func minutes(_ text: String) -> Double? {
        Double(text).flatMap { plausibleMinutes.contains($0) ? $0 : nil }
    }

    /// The longest time between two runs that the schedule allows; `nil` where it foresees no regular run.
    package var expectedInterval: Duration? {
        let day = 86_400.0
        if let intervalMinutes {
            return Self.plausibleMinutes.contains(intervalMinutes) ? .seconds(intervalMinutes * 60) : nil
        }
        if date != nil { return nil }
        if dayOfMonth != nil { return .seconds((dayOfWeek == nil ? 31 : 35) * day) }
        if dayOfWeek != nil { return .seconds(7 * day) }
        return time == nil ? nil : .seconds(day)
    }
}
