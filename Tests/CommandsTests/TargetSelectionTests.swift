import MailStoreAPI
import TestSupport
import Testing

@testable import Commands
@testable import Configuration

@Suite("The choice of a target")
struct TargetSelectionTests {
    private func configuration(_ names: String...) throws -> Configuration {
        let url = try ServerURL(parsing: "https://archive.example.com:8463")
        return Configuration(
            targets: names.map {
                TargetConfiguration(name: $0, url: url, username: "admin", password: .inline(Secret("secret")))
            })
    }

    @Test("one target alone needs no name")
    func alone() throws {
        #expect(try configuration("only").target(named: nil).name == "only")
        #expect(try configuration("first", "second").target(named: "second").name == "second")
    }

    @Test("of several one must be picked, and the names are told")
    func several() throws {
        let configuration = try configuration("berlin", "bern")
        let error = #expect(throws: CommandError.self) { try configuration.target(named: nil) }
        #expect(error?.kind == .configuration)
        #expect(error?.description.contains("--target: berlin, bern") == true)
    }

    @Test("a name that is not there brings the names that are")
    func unknown() throws {
        let configuration = try configuration("berlin", "bern")
        let error = #expect(throws: CommandError.self) { try configuration.target(named: "brelin") }
        #expect(error?.kind == .configuration)
        #expect(error?.description.contains("berlin, bern; did you mean berlin?") == true)
    }
}
