import MailStoreAPI
import TestSupport
import Testing

@testable import Commands
@testable import Ledger

@Suite("The conclusion of a verification")
struct VerifyCommandTests {
    private func conclusion(_ log: String, problem: String? = nil) -> VerificationConclusion {
        var read = VerificationLog()
        read.append(log)
        return VerificationConclusion(title: "verification of store 3", problem: problem, log: read, took: .seconds(61))
    }

    @Test("one that succeeded without a line of damage is sound")
    func sound() {
        let conclusion = conclusion("Verifying file group #3...\r\n  96000 messages verified...\r\n")
        #expect(conclusion.isSound)
        #expect(
            conclusion.text == """
                verification of store 3: succeeded; 96,000 messages verified; no line of the log looks like damage \
                (0:01:01)
                """)
    }

    @Test("a single message is one")
    func oneMessage() {
        #expect(conclusion("  1 messages verified...\r\n").text.contains("; 1 message verified;"))
    }

    @Test("one that succeeded with damage in its log is not")
    func damaged() {
        let one = conclusion("  Error: message #5 is damaged.\r\n")
        #expect(!one.isSound)
        #expect(one.text.contains("succeeded; 1 line of the log looks like damage"))
        let two = conclusion("  Error: message #5 is damaged.\r\n40 errors have been found (see above).\r\n")
        #expect(two.text.contains("2 lines of the log look like damage"))
    }

    @Test("one that did not succeed is not, whatever the log says")
    func failed() {
        let conclusion = conclusion("", problem: "ended with status \"cancelled\"")
        #expect(!conclusion.isSound)
        #expect(conclusion.text.hasPrefix("verification of store 3: ended with status \"cancelled\"; no line"))
    }

    @Test(
        "includeIndexes is sent only where the server lists it, and false only where it has to be said",
        arguments: [
            (nil, false, ["id=3"]), (nil, true, ["id=3"]),
            (false, false, ["id=3", "includeIndexes=false"]), (false, true, ["id=3", "includeIndexes=true"]),
            (true, false, ["id=3"]), (true, true, ["id=3", "includeIndexes=true"]),
        ] as [(Bool?, Bool, [String])])
    func indexes(nullable: Bool?, wanted: Bool, sent: [String]) {
        var metadata = FunctionMetadata(name: "VerifyStore", arguments: [.init(name: "id", type: "number")])
        if let nullable {
            metadata.arguments.append(.init(name: "includeIndexes", type: "bool", nullable: nullable))
        }
        let command = VerifyCommand(.store("3"), includesIndexes: wanted)
        #expect(command.fields(for: metadata).map { "\($0.name)=\($0.value)" } == sent)
    }

    @Test("an unknown store brings the stores there are")
    func unknownStore() {
        let text = VerifyCommand.unknownStore("9", among: [Store(id: "1", name: "Old"), Store(id: "12", name: "New")])
        #expect(text == "there is no store \"9\"; use the id of one of these:\n   1  Old\n  12  New")
    }
}
