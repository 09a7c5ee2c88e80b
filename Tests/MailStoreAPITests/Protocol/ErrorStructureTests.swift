import MailStoreAPI
import Testing

@Suite("The exception type of an error")
struct ErrorStructureTests {
    @Test(
        "it is the .NET type at the head of the details",
        arguments: [
            (
                "System.Exception: Missing API argument userName.\r\n   at MailStore.Api.Invoke(String name)\r\n",
                "System.Exception"
            ),
            ("System.FormatException: String was not recognized as a valid DateTime.", "System.FormatException"),
            ("System.InvalidOperationException\r\n   at X.Y()", "System.InvalidOperationException"),
            ("System.TimeoutException\n   at X.Y()", "System.TimeoutException"),
            ("MailStore.Common.StoreException", "MailStore.Common.StoreException"),
            ("Outer.Type+Nested: x", "Outer.Type+Nested"),
            ("System.ServiceModel.FaultException`1: x", "System.ServiceModel.FaultException`1"),
            ("_a._b9: x", "_a._b9"),
        ])
    func type(details: String, expected: String) {
        #expect(ErrorStructure(message: "", details: details).exceptionType == expected)
    }

    @Test(
        "free text never becomes one",
        arguments: [
            "", ":", ".", "..", "a.", ".a", "a..b", "25.000: messages", "System.9a: x", "Exception: no namespace",
            "The store is missing. Please check: it", "Größe.Fehler: x", "C:\\Windows.old", "\nSystem.Exception: x",
            "System.Exception : x", "<html>.</html>", "user@example.com: refused", "System.\u{0}Exception: x",
        ])
    func unknown(details: String) {
        #expect(ErrorStructure(message: "System.Exception", details: details).exceptionType == "unknown")
    }

    @Test("a type name is at most 128 bytes long", arguments: [(128, true), (129, false), (1_000_000, false)])
    func length(length: Int, isType: Bool) {
        let head = "N." + String(repeating: "x", count: length - 2)
        let structure = ErrorStructure(message: "", details: head + ": text")
        #expect(structure.exceptionType == (isType ? head : "unknown"))
    }
}
