import Testing

@testable import MailStoreSimulator

@Suite("Faults by name")
struct FaultParsingTests {
    @Test(
        "every fault can be named",
        arguments: [
            ("hang", nil, Fault.hang), ("disconnect", nil, .disconnect), ("truncate", nil, .truncate),
            ("badJSON", nil, .badJSON), ("expiredToken", nil, .expiredToken), ("html", nil, .html),
            ("endlessProcess", nil, .endlessProcess), ("oversized", nil, .oversized(bytes: nil)),
            ("oversized", "1000", .oversized(bytes: 1000)), ("status", "503", .status(503)),
            ("delay", "0.5", .delay(0.5)),
            ("error", "System.Exception: No: way", .error(exception: "System.Exception", message: "No: way")),
            ("redirect", "https://a.example/", .redirect(to: "https://a.example/")),
            ("missingField", "name", .missingField("name")), ("wrongType", "id", .wrongType(field: "id")),
            ("replaced", "result=new=er", .replaced(field: "result", text: "new=er")), ("body", "{}", .body("{}")),
            ("longLog", "5", .longLog(bytes: 5)),
        ] as [(String, String?, Fault)])
    func named(name: String, value: String?, fault: Fault) {
        #expect(Fault(name: name, value: value) == fault)
    }

    @Test(
        "what names no fault is refused",
        arguments: [
            ("explode", nil), ("status", nil), ("status", "abc"), ("status", "42"), ("delay", "-1"), ("delay", "inf"),
            ("error", "no colon"), ("replaced", "noequals"), ("oversized", "many"), ("", nil),
        ] as [(String, String?)])
    func refused(name: String, value: String?) {
        #expect(Fault(name: name, value: value) == nil)
    }
}
