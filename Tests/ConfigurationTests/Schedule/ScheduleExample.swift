import TestSupport
import Testing

@testable import Configuration

/// A schedule and, said in another way, the times of a clock that it means.
struct ScheduleExample: CustomTestStringConvertible {
    let text: String
    /// Whether it goes by the clock as it is, because every hour is one of its hours.
    var isEveryHour = false
    let means: @Sendable (LocalMinute) -> Bool

    var testDescription: String { text }

    static let all = [
        ScheduleExample(text: "Sun 02:00") { $0.minuteOfDay == 120 && $0.weekday == 0 },
        ScheduleExample(text: "daily 02:30") { $0.minuteOfDay == 150 },
        ScheduleExample(text: "Mon,Wed 23:30") { $0.minuteOfDay == 1410 && ($0.weekday == 1 || $0.weekday == 3) },
        ScheduleExample(text: "daily 00:10") { $0.minuteOfDay == 10 },
        ScheduleExample(text: "0 2 * * 7") { $0.minuteOfDay == 120 && $0.weekday == 0 },
        ScheduleExample(text: "*/15 1-5 1,15 * mon-fri") {
            $0.minute % 15 == 0 && $0.hour >= 1 && $0.hour <= 5
                && ($0.day == 1 || $0.day == 15 || ($0.weekday >= 1 && $0.weekday <= 5))
        },
        ScheduleExample(text: "*/15 * * * *", isEveryHour: true) { $0.minute % 15 == 0 },
        ScheduleExample(text: "30 * * * sun", isEveryHour: true) { $0.minute == 30 && $0.weekday == 0 },
        ScheduleExample(text: "*/20 0-23 24 4 5", isEveryHour: true) {
            $0.minute % 20 == 0 && $0.month == 4 && ($0.day == 24 || $0.weekday == 5)
        },
        ScheduleExample(text: "30 */2 * * *") { $0.minute == 30 && $0.hour % 2 == 0 },
        ScheduleExample(text: "15,45 0-3 * mar,apr,october,nov *") {
            ($0.minute == 15 || $0.minute == 45) && $0.hour <= 3 && [3, 4, 10, 11].contains($0.month)
        },
        ScheduleExample(text: "* 2 * * sun") { $0.hour == 2 && $0.weekday == 0 },
        ScheduleExample(text: "30 0,23 * * thu,fri") {
            $0.minute == 30 && ($0.hour == 0 || $0.hour == 23) && ($0.weekday == 4 || $0.weekday == 5)
        },
        // A field that begins with * does not widen the days that the other one names.
        ScheduleExample(text: "0 1 */10 * 5") {
            $0.minuteOfDay == 60 && $0.weekday == 5 && [1, 11, 21, 31].contains($0.day)
        },
        ScheduleExample(text: "0 1 2-8 * */6") {
            $0.minuteOfDay == 60 && ($0.weekday == 0 || $0.weekday == 6) && $0.day >= 2 && $0.day <= 8
        },
        ScheduleExample(text: "59 23 31 * *") { $0.minuteOfDay == 1439 && $0.day == 31 },
        ScheduleExample(text: "0 1 29 2,4 *") { $0.minuteOfDay == 60 && $0.day == 29 && $0.month == 4 },
        ScheduleExample(text: "@monthly") { $0.minuteOfDay == 0 && $0.day == 1 },
    ]

    /// The minutes of a year in which the schedule fires, found by looking at each of them.
    func firings(in year: LocalYear) -> [Int] {
        let repeated = isEveryHour ? [] : year.changes.filter { $0.value < 0 }.map { $0.key..<$0.key - $0.value }
        var shown: [Int] = []
        for (index, minute) in year.minutes.enumerated() where means(minute) {
            if !repeated.contains(where: { $0.contains(index) }) { shown.append(index) }
        }
        let gapEnds = isEveryHour ? [:] : year.changes.filter { $0.value > 0 }
        let madeUp = gapEnds.keys.filter { index in
            let minute = year.minutes[index]
            let leftOut = (1...(gapEnds[index] ?? 1)).map { minute.at(minuteOfDay: minute.minuteOfDay - $0) }
            return leftOut.contains(where: means)
        }
        return Set(shown).union(madeUp).sorted()
    }
}
