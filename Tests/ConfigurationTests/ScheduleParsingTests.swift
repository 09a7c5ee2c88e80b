import Testing

@testable import Configuration
@testable import PlainText

@Suite("Writing a schedule")
struct ScheduleParsingTests {
    @Test(
        "a schedule is written in many ways and printed in one",
        arguments: [
            ("Sun 02:00", "Sun 02:00"), ("sunday 2:00", "Sun 02:00"), ("  SUN \t 02:00 ", "Sun 02:00"),
            ("Mon,Wed 23:30", "Mon,Wed 23:30"), ("wed, MONDAY 23:30", "Mon,Wed 23:30"),
            ("Mon-Fri 22:05", "Mon,Tue,Wed,Thu,Fri 22:05"), ("sat-mon 0:00", "Mon,Sat,Sun 00:00"),
            ("mon-sun 1:00", "daily 01:00"), ("Daily 02:00", "daily 02:00"), ("02:00", "daily 02:00"),
            ("0 2 * * 0", "0 2 * * 0"), ("*/15  1-5 1,15 * MON-Fri", "*/15 1-5 1,15 * mon-fri"),
            ("@Weekly", "@weekly"), ("@daily", "@daily"), ("@monthly", "@monthly"),
            ("every 7d", "every 1w"), ("EVERY 36h", "every 1d12h"), ("every 1h", "every 1h"),
        ])
    func forms(text: String, printed: String) throws {
        let schedule = try Schedule(parsing: text)
        #expect(schedule.description == printed)
        #expect(try Schedule(parsing: printed) == schedule)
    }

    @Test(
        "fields of cron that mean the same name the same times",
        arguments: [
            ("0 2 * * 7", "0 2 * * 0"), ("0 2 * * sunday", "0 2 * * 0"), ("0 2 * * fri-sun", "0 2 * * 0,5,6"),
            ("0 2 * * 0-7", "0 2 * * *"), ("0 2 * jan-mar *", "0 2 * 1,2,3 *"), ("*/20 2 * * *", "0,20,40 2 * * *"),
            ("5-20/5 2 * * *", "5,10,15,20 2 * * *"), ("00 02 01 1 *", "0 2 1 1 *"),
            ("0 2 * september *", "0 2 * 9 *"), ("0 2 * * 5-7", "0 2 * * fri,sat,sun"),
        ])
    func sameTimes(text: String, same: String) throws {
        #expect(try dates(text) == dates(same))
    }

    /// The first wall times from 1970 on.
    private func dates(_ text: String) throws -> [Int64] {
        guard case .calendar(let rule) = try Schedule(parsing: text).rule else {
            Issue.record("\(text) has no times")
            return []
        }
        return (0..<400).reduce(into: []) { found, _ in
            if let next = rule.nextWall(after: found.last ?? 0) { found.append(next) }
        }
    }

    @Test(
        "what is not a schedule is refused with what to write",
        arguments: [
            ("weekly", allForms), ("Sunday", allForms), ("every", allForms),
            ("0 2 * *", "\(fiveFields), not 4"), ("0 0 2 * * 0", "\(fiveFields), not 6"),
            ("2 am on sunday", "\(fiveFields), not 4"),
            ("24:00", "\"24:00\" is not a time of day; write 00:00 to 23:59"),
            ("Sun 02:60", "\"02:60\" is not a time of day; write 00:00 to 23:59"),
            ("Sun 02:00:00", "\"02:00:00\" is not a time of day; write 00:00 to 23:59"),
            ("Sun +2:00", "\"+2:00\" is not a time of day; write 00:00 to 23:59"),
            ("Sun 2:0", "\"2:0\" is not a time of day; write 00:00 to 23:59"),
            ("Sundy 02:00", "\"sundy\" is not a day of the week; did you mean Sun?"),
            ("Mon,,Wed 02:00", "\"\" is not a day of the week; \(someDays)"),
            ("1 03:00", "\"1\" is not a day of the week; \(someDays)"),
            ("Mon Wed 02:00", "\"mon wed\" is not a day of the week; \(someDays)"),
            ("@hourly", "the predefined schedules are @daily, @weekly and @monthly"),
            ("@daily 02:00", "the predefined schedules are @daily, @weekly and @monthly"),
            ("every 30m", "\"30m\" is too short; the minimum is 1h"),
            ("every 11y", "\"11y\" is too long; the maximum is 10y"),
            ("every 7", "\"7\" has no unit; \(PrometheusDuration.formatHint)"),
            ("every sunday", "\"sunday\" is not a duration; \(PrometheusDuration.formatHint)"),
        ])
    func refused(text: String, reason: String) {
        let message = InvalidValue("\"\(text)\" is not a schedule: \(reason)")
        #expect(throws: message) { try Schedule(parsing: text) }
    }

    @Test(
        "a wrong field of cron is named with its limits",
        arguments: [
            ("60 * * * *", "\"60\" is not a minute (0 to 59)"), ("-1 * * * *", "\"\" is not a minute (0 to 59)"),
            ("1,,2 * * * *", "\"\" is not a minute (0 to 59)"), ("+1 * * * *", "\"+1\" is not a minute (0 to 59)"),
            ("0 24 * * *", "\"24\" is not an hour (0 to 23)"),
            ("0 0 0 * *", "\"0\" is not a day of the month (1 to 31)"),
            ("0 0 L * *", "\"l\" is not a day of the month (1 to 31)"),
            ("0 0 * 13 *", "\"13\" is not a month (1 to 12, or jan to dec)"),
            ("0 0 * mon *", "\"mon\" is not a month (1 to 12, or jan to dec)"),
            ("0 0 * * 8", "\"8\" is not a day of the week (0 to 7, or sun to sat)"),
            ("0 99999999999999999999 * * *", "\"99999999999999999999\" is not an hour (0 to 23)"),
            ("30-10 * * * *", "the range \"30-10\" runs backwards; write 30-59,0-10"),
            ("0 0 * nov-feb *", "the range \"nov-feb\" runs backwards; write nov-12,1-feb"),
            ("5/15 * * * *", "\"5/15\" has a step without a range; write 5-59/15"),
            ("*/0 * * * *", "the step of \"*/0\" must be a number from 1 to 59"),
            ("0 */24 * * *", "the step of \"*/24\" must be a number from 1 to 23"),
            ("0 0 1-9/x * *", "the step of \"1-9/x\" must be a number from 1 to 30"),
            ("0 0 30 2 *", "it never occurs: none of its months (2) has such a day (30)"),
            ("0 0 31 feb,4,jun */2", "it never occurs: none of its months (feb,4,jun) has such a day (31)"),
        ])
    func refusedField(text: String, reason: String) {
        let message = InvalidValue("\"\(text)\" is not a schedule: \(reason)")
        #expect(throws: message) { try Schedule(parsing: text) }
    }

    @Test("a schedule without a word says which forms there are", arguments: ["", "  ", "\t"])
    func empty(text: String) {
        #expect(throws: InvalidValue("is empty; \(Self.allForms)")) { try Schedule(parsing: text) }
    }

    @Test("a rare day that comes at all is no mistake", arguments: ["0 0 29 2 *", "0 0 31 2,3 *", "0 0 30 2 mon"])
    func possible(text: String) {
        #expect(throws: Never.self) { try Schedule(parsing: text) }
    }

    private static let allForms =
        "write a day and a time (Sun 02:00, Mon,Wed 23:30, daily 02:00), the five fields of cron (0 2 * * 0) "
        + "or an interval (every 7d)"
    private static let fiveFields = "cron has five fields (minute, hour, day of the month, month, day of the week)"
    private static let someDays = "write Mon to Sun, several as Mon,Wed, or daily"
}
