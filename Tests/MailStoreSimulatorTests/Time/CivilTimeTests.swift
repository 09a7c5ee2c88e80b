import Testing

@testable import MailStoreSimulator

@Suite("Calendar dates and times")
struct CivilTimeTests {
    @Test(
        "an instant becomes the date that a calendar shows",
        arguments: [
            (0, "1970-01-01T00:00:00"), (951_782_400, "2000-02-29T00:00:00"), (1_403_792_023, "2014-06-26T14:13:43"),
            (4_102_444_799, "2099-12-31T23:59:59"), (-1, "1969-12-31T23:59:59"),
        ])
    func instants(seconds: Int, text: String) {
        #expect(CivilTime(seconds: seconds).text == text)
        #expect(CivilTime(text)?.seconds == seconds)
    }

    @Test(
        "only the exact form of a date-time is read",
        arguments: [
            "2025-10-14", "2025-10-14T10:00:00Z", "2025-10-14T10:00:00+02:00", "2025-10-14T10:00:00.5",
            "2025-10-14 10:00:00", "2025-13-01T00:00:00", "2025-02-29T00:00:00", "2025-10-14T24:00:00",
            "2025-10-14T10:60:00", "14.10.2025 10:00:00", "", "2025-1O-14T10:00:00",
        ])
    func refused(text: String) {
        #expect(CivilTime(text) == nil)
    }

    @Test("the header's date is that of the documented example")
    func httpDate() {
        #expect(CivilTime(seconds: 1_403_792_023).httpDate == "Thu, 26 Jun 2014 14:13:43 GMT")
    }

    @Test("every day of eight years follows the one before it")
    func consecutiveDays() {
        var previous = CivilTime(year: 2023, month: 12, day: 31)
        for day in 0..<2922 {
            let civil = CivilTime(seconds: 1_704_067_200 + day * 86_400)
            let isNext = civil.day == previous.day + 1 && civil.month == previous.month
            let endsMonth = previous.day == CivilTime.days(in: previous.month, of: previous.year)
            #expect(endsMonth ? civil.day == 1 && civil.month == previous.month % 12 + 1 : isNext)
            #expect(civil.weekday == (previous.weekday + 1) % 7)
            previous = civil
        }
        #expect(previous.text == "2031-12-31T00:00:00")
    }
}
