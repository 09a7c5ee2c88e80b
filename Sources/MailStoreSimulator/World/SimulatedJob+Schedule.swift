extension SimulatedJob.Schedule {
    /// The first time strictly after an instant at which the schedule asks for a run, in seconds since 1970 (UTC).
    func next(after instant: Int, in zone: WindowsTimeZone) -> Int? {
        switch self {
        case .manual:
            return nil
        case .once(let date):
            guard let civil = CivilTime(date) else { return nil }
            let due = zone.instant(of: civil)
            return due > instant ? due : nil
        case .every(let minutes):
            guard minutes > 0 else { return nil }
            return (instant.flooredQuotient(by: minutes * 60) + 1) * minutes * 60
        case .daily(let hour, let minute):
            return next(after: instant, in: zone, hour: hour, minute: minute) { _ in true }
        case .weekly(let weekday, let hour, let minute):
            return next(after: instant, in: zone, hour: hour, minute: minute) { $0.weekday == weekday }
        case .monthly(let day, let hour, let minute):
            return next(after: instant, in: zone, hour: hour, minute: minute) { civil in
                civil.day == day ?? CivilTime.days(in: civil.month, of: civil.year)
            }
        }
    }

    private func next(
        after instant: Int,
        in zone: WindowsTimeZone,
        hour: Int,
        minute: Int,
        on matches: (CivilTime) -> Bool
    ) -> Int? {
        let today = zone.civil(at: instant)
        let midnight = CivilTime(year: today.year, month: today.month, day: today.day).seconds
        // The 31st is at most 62 days away from any day.
        for days in 0...62 {
            var civil = CivilTime(seconds: midnight + days * 86_400)
            civil.hour = hour
            civil.minute = minute
            let due = zone.instant(of: civil)
            if due > instant, matches(civil) { return due }
        }
        return nil
    }
}
