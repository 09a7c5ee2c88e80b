import Foundation
import TestSupport

/// The minutes of 2026 (UTC) as a zone's clock shows them one after the other, read from Foundation's calendar.
struct LocalYear {
    static let start = 1_767_225_600.0
    static let minuteCount = 365 * 1440

    static let zones = [
        "Europe/Berlin", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "Africa/Cairo", "UTC",
    ]

    /// Every zone that is tested, read once.
    static let all = Dictionary(uniqueKeysWithValues: zones.map { ($0, LocalYear(zone: $0)) })

    let zone: TimeZone
    let minutes: [LocalMinute]
    /// By how many minutes the clock was put forward (positive) or back, by the index of the first minute after that.
    let changes: [Int: Int]

    init(zone name: String) {
        zone = TimeZone(identifier: name) ?? .gmt
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let minutes = (0..<Self.minuteCount).map { index in
            let date = Date(timeIntervalSince1970: Self.start + Double(index) * 60)
            let parts = calendar.dateComponents([.month, .day, .weekday, .hour, .minute], from: date)
            return LocalMinute(
                month: parts.month ?? 0, day: parts.day ?? 0, weekday: (parts.weekday ?? 0) - 1,
                hour: parts.hour ?? 0, minute: parts.minute ?? 0)
        }
        self.minutes = minutes
        changes = Self.changes(in: minutes)
    }

    private static func changes(in minutes: [LocalMinute]) -> [Int: Int] {
        var found: [Int: Int] = [:]
        for index in 1..<minutes.count {
            let step = minutes[index].minuteOfDay - minutes[index - 1].minuteOfDay - 1
            let change = step < -720 ? step + 1440 : step > 720 ? step - 1440 : step
            if change != 0 { found[index] = change }
        }
        return found
    }
}
