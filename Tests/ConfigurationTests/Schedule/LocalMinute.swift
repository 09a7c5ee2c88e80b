import TestSupport

/// What a clock on the wall shows for one minute.
struct LocalMinute: Equatable {
    let month: Int
    let day: Int
    /// 0, Sunday, to 6.
    let weekday: Int
    let hour: Int
    let minute: Int

    var minuteOfDay: Int { hour * 60 + minute }

    /// Another minute of the same day.
    func at(minuteOfDay: Int) -> LocalMinute {
        LocalMinute(month: month, day: day, weekday: weekday, hour: minuteOfDay / 60, minute: minuteOfDay % 60)
    }
}
