import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import Configuration
@testable import Ledger
@testable import OperatingSystem
@testable import Web

@Suite("A verification on the pages")
struct VerificationPageTests {
    private func target(progress: Double?, errorLines: Int = 0) throws -> (Status.Target, Status.Moment) {
        let now = Timestamp(secondsSince1970: 1_767_225_600)
        var configuration = TargetConfiguration(
            name: "archive", url: try ServerURL(parsing: "https://archive.example:8463"), username: "admin",
            password: .inline(Secret("correct horse")))
        configuration.verification = VerificationSettings(schedule: try Schedule(parsing: "Sun 02:00"))
        var ledger = TargetLedger()
        ledger.verifications.list([Store(id: "11", name: "Archive <2025>")], at: now)
        var run = VerificationRun(stores: ["11"], token: "0123456789abcdef", start: now - .seconds(720))
        run.progress = progress
        run.log.append("  4000 messages verified...\n")
        for _ in 0..<errorLines { run.log.append("checksum error\n") }
        ledger.ownVerifications.current = run
        ledger.ownVerifications.nextStart = now + .seconds(86_400 * 3)
        let report = TargetReport(
            configuration: configuration, hidesNames: false, success: SuccessRule(includesCompletedWithErrors: false),
            isUp: true, collectors: [], clockSkew: nil, ledger: ledger, calls: CallLog())
        return (Status.Target(report, stateSaveFailures: 0, at: now, .target), Status.Moment(now))
    }

    private func html(_ target: (Status.Target, Status.Moment)) -> String {
        TargetSection(target: target.0, now: target.1, isExcerpt: false).html.text
    }

    @Test("that runs is shown with its progress, what it has looked at and since when")
    func running() throws {
        let page = html(try target(progress: 0.427))
        #expect(page.contains(#"<progress max="100" value="42" aria-label="Progress"></progress> <span>42 %</span>"#))
        #expect(page.contains("Archive &lt;2025&gt;"))
        #expect(page.contains("4\u{202F}000 messages"))
        #expect(page.contains("12\u{A0}min ago"))
        #expect(page.contains("in 3\u{A0}d"))
        #expect(!page.contains("0123456789abcdef"))
        #expect(!page.contains("may tell of damage"))
    }

    @Test("whose progress is not known does not pretend to have one", arguments: [nil, -1, 1.5, .nan])
    func unknownProgress(_ progress: Double?) throws {
        let page = html(try target(progress: progress))
        #expect(page.contains("progress unknown"))
        #expect(!page.contains("<progress"))
    }

    @Test("whose log looks like damage says so while it runs")
    func damage() throws {
        #expect(html(try target(progress: 0.5, errorLines: 3)).contains("3 lines of its log may tell of damage"))
    }

    @Test("of a store that was never verified is unknown, never good")
    func never() throws {
        let (target, _) = try target(progress: nil)
        #expect(target.stores.items.map(\.health) == [.unknown])
        #expect(target.stores.unknown == 1)
        #expect(
            html((target, Status.Moment(Timestamp(secondsSince1970: 1_767_225_600)))).contains("no verification known"))
    }
}
