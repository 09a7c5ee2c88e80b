import Testing

@testable import MailStoreAPI

@Suite("The envelope of replies")
struct EnvelopeTests {
    @Test("the documented reply to GetServerInfo is read")
    func serverInfo() throws {
        #expect(SeedReplies.serverInfo.count == 251)
        let envelope = try APIReply(reply: SeedReplies.serverInfo)
        #expect(envelope.error == nil)
        #expect(envelope.token == nil)
        #expect(envelope.statusVersion == 2)
        #expect(envelope.statusCode == .succeeded)
        #expect(envelope.percentProgress == nil)
        #expect(envelope.statusText == nil)
        #expect(envelope.logOutput == nil)
        let info = try envelope.result(as: ServerInfo.self)
        #expect(info.version == "9.0.0.9702")
        #expect(info.machineName == "MAILSTORE")
    }

    @Test("the documented beginning of a verification is read, its log with the line ends")
    func running() throws {
        #expect(SeedReplies.verificationBegins.count == 290)
        let envelope = try APIReply(reply: SeedReplies.verificationBegins)
        #expect(envelope.token == "b3af0ebae4dd755d1a54b9756817baee")
        #expect(envelope.statusVersion == 3)
        #expect(envelope.statusCode == .running)
        #expect(envelope.percentProgress == 0)
        #expect(
            envelope.logOutput
                == "Verifying file group #11...\r\nCreating a list of messages to be verified...\r\n")
    }

    @Test("members may come in any order, with unknown ones among them")
    func order() throws {
        let envelope = try APIReply(
            #"{"result": [1, 2], "new": {"x": [null]}, "statusCode": "succeeded", "error": null, "newer": "y"}"#)
        #expect(envelope.statusCode == .succeeded)
        #expect(try envelope.result(as: JSONElementCount.self).count == 2)
    }

    @Test("only the state is needed; what else is missing is absent")
    func sparse() throws {
        let envelope = try APIReply(#"{"statusCode": "failed"}"#)
        #expect(envelope.statusCode == .failed)
        #expect(envelope.token == nil && envelope.statusVersion == nil && envelope.error == nil)
        let error = #expect(throws: JSONError.self) { try envelope.result(as: ServerInfo.self) }
        #expect(error?.description == "result: there is no result (at byte 24)")
    }

    @Test("states are compared without regard to case, and unknown ones keep their word")
    func states() throws {
        #expect(try APIReply(#"{"statusCode": "Succeeded"}"#).statusCode == .succeeded)
        #expect(try APIReply(#"{"statusCode": "RUNNING"}"#).statusCode == .running)
        let unknown = try APIReply(#"{"statusCode": "suspendedByAdmin"}"#).statusCode
        #expect(unknown.rawValue == "suspendedByAdmin")
        #expect(unknown != .running && unknown != .succeeded && unknown != .failed)
    }

    @Test(
        "a reply that is no envelope is refused, with the place",
        arguments: [
            ("", "expected an object, found the end of the document (at byte 0)"),
            ("[]", "expected an object, found an array (at byte 0)"),
            ("{}", "there is no statusCode, so this is no reply of MailStore's API (at byte 2)"),
            (#"{"statusCode": null}"#, "there is no statusCode, so this is no reply of MailStore's API (at byte 20)"),
            (#"{"statusCode": 200}"#, "statusCode: expected a string, found a number (at byte 15)"),
            (#"{"error": true, "statusCode": "failed"}"#, "error: expected an object, found a boolean (at byte 10)"),
            (
                #"{"error": {"message": 5}, "statusCode": "failed"}"#,
                "error.message: expected a string, found a number (at byte 22)"
            ),
            (#"{"token": 7, "statusCode": "x"}"#, "token: expected a string, found a number (at byte 10)"),
            (
                #"{"statusVersion": "3", "statusCode": "x"}"#,
                "statusVersion: expected a number, found a string (at byte 18)"
            ),
            (#"{"logOutput": [], "statusCode": "x"}"#, "logOutput: expected a string, found an array (at byte 14)"),
            (#"{"percentProgress": 1e999, "statusCode": "x"}"#, "percentProgress: a number is too large (at byte 20)"),
            ("<html>", "expected an object, found “<” (at byte 0)"),
        ])
    func refused(reply: String, description: String) {
        let error = #expect(throws: JSONError.self) { try APIReply(reply) }
        #expect(error?.description == description)
    }

    @Test(
        "an error is read however sparsely it is written",
        arguments: [
            (#"{"message": "m", "details": "d"}"#, ErrorStructure(message: "m", details: "d")),
            (#"{"details": null, "message": null, "code": 5}"#, ErrorStructure(message: "", details: "")),
            ("{}", ErrorStructure(message: "", details: "")),
            (#""plain words""#, ErrorStructure(message: "plain words", details: "")),
        ])
    func errors(error: String, expected: ErrorStructure) throws {
        #expect(try APIReply(#"{"error": \#(error), "statusCode": "failed"}"#).error == expected)
    }

    @Test("a result of the wrong type is an error that names it")
    func wrongResult() throws {
        let envelope = try APIReply(Replies.succeeded("null"))
        let error = #expect(throws: JSONError.self) { try envelope.result(as: [Store].self) }
        #expect(error?.path == "result")
        #expect(error?.problem == "expected an array, found null")
    }
}

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
