import Foundation
import MailStoreAPI
import TestSupport
import Testing

@testable import Commands

@Suite("Arguments of a call")
struct CallArgumentsTests {
    private static let function = FunctionMetadata(
        name: "DoIt",
        arguments: [
            .init(name: "id", type: "number", nullable: false),
            .init(name: "deep", type: "bool", nullable: true),
            .init(name: "config", type: "json", nullable: true),
            .init(name: "note", type: "string", nullable: true),
            .init(name: "other"),
        ])

    private func fields(_ texts: [String]) throws -> [FormField] {
        try CallArguments(parsing: texts).fields(for: Self.function)
    }

    @Test(
        "what the server would take is sent as it was typed, in the same order",
        arguments: [
            ["id=3"], ["note=a=b", "id=-1.5e3"], ["id=0", "deep=true"], ["id=1", #"config={"a": [1, null]}"#],
            ["note=", "id=1"], ["id=1", "other=anything at all"], ["id=1", "note=Köln & 100 %"],
        ])
    func good(texts: [String]) throws {
        let expected = texts.map { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return FormField(String(parts[0]), String(parts[1]))
        }
        #expect(try fields(texts) == expected)
    }

    @Test(
        "what the server would turn down is told before anything is sent",
        arguments: [
            ([], "id: missing; add id=3"),
            (["id=three"], "id: must be a number, such as 3, not \"three\""),
            (["id="], "id: must be a number"), (["id= 3"], "id: must be a number"),
            (["id=0x10"], "id: must be a number"),
            (["id=nan"], "id: must be a number"), (["id=1,5"], "id: must be a number"),
            (["id=1", "deep=True"], "deep: must be true or false, not \"True\""),
            (["id=1", "deep=1"], "deep: must be true or false"),
            (["id=1", "config={"], "config: must be JSON"),
            (["id=1", "config="], "config: must be JSON"),
            (["id=1", "config=1 2"], "config: must be JSON"),
            (["id=1", "id=2"], "id: given twice"),
            (["id=1", "ID=2"], "ID: unknown; did you mean id?"),
            (["id=1", "zzzzz=2"], "zzzzz: unknown; valid names: id, deep, config, note, other"),
            (["id"], "\"id\" is not an argument; write name=value"),
            (["=1"], "\"=1\" is not an argument"),
        ] as [([String], String)])
    func bad(texts: [String], message: String) {
        let error = #expect(throws: CommandError.self) { try fields(texts) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
        #expect(error?.kind == .commandLine)
    }

    @Test("all mistakes are told at once")
    func allAtOnce() {
        let error = #expect(throws: CommandError.self) { try fields(["deep=no", "zzzzz=1"]) }
        #expect(error?.description.split(separator: "\n").count == 4)
    }

    @Test("a function without arguments says so")
    func noArguments() {
        let error = #expect(throws: CommandError.self) {
            try CallArguments(parsing: ["id=1"]).fields(for: FunctionMetadata(name: "GetUsers"))
        }
        #expect(error?.description.contains("GetUsers takes no arguments") == true)
    }

    @Test(
        "a value is read from a file, less the line break at its end",
        arguments: [
            ("{\"a\": 1}\n", "{\"a\": 1}"), ("text\r\n", "text"), ("two\n\n", "two\n"), ("", ""), ("plain", "plain"),
        ])
    func file(contents: String, value: String) throws {
        let path = NSTemporaryDirectory() + "call-argument-\(UUID().uuidString)"
        try contents.write(toFile: path, atomically: false, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try CallArgument(parsing: "note=@\(path)") == CallArgument(name: "note", value: value))
    }

    @Test("a file that cannot be read names the argument and the file")
    func missingFile() {
        let error = #expect(throws: CommandError.self) { try CallArgument(parsing: "note=@/no/such/file") }
        #expect(error?.description.hasPrefix("note: there is no file \"/no/such/file\"") == true)
    }

    @Test("two at signs stand for one")
    func atSign() throws {
        #expect(try CallArgument(parsing: "note=@@home").value == "@home")
        #expect(try CallArgument(parsing: "note=@@").value == "@")
    }
}
