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
            (#"{"message": 5, "details": []}"#, ErrorStructure(message: "5", details: "")),
            ("17", ErrorStructure(message: "17", details: "")), ("true", ErrorStructure(message: "true", details: "")),
            ("[]", ErrorStructure(message: "", details: "")), (#"["x"]"#, ErrorStructure(message: "", details: "")),
        ])
    func errors(error: String, expected: ErrorStructure) throws {
        #expect(try APIReply(#"{"error": \#(error), "statusCode": "failed"}"#).error == expected)
    }

    @Test("a field that says that there is no error is none", arguments: ["null", "false", "0", #""""#])
    func noError(error: String) throws {
        #expect(try APIReply(#"{"error": \#(error), "statusCode": "succeeded"}"#).error == nil)
    }

    @Test("fields of another type are read as far as they can be used")
    func lenient() throws {
        let reply = try APIReply(
            #"""
            {"STATUSCODE": "running", "token": 7, "statusVersion": "3", "percentProgress": " 5 ", "statusText": true,
            "logOutput": 12, "result": NaN}
            """#)
        #expect(reply.statusCode == .running && reply.token == "7" && reply.statusVersion == 3)
        #expect(reply.percentProgress == 5 && reply.statusText == "true" && reply.logOutput == "12")
        let odd = try APIReply(
            #"""
            {"statusCode": 3, "token": {}, "statusVersion": [1], "percentProgress": 1e999, "statusText": [],
            "logOutput": {"a": [Infinity, -Infinity]}}
            """#)
        #expect(odd.statusCode.rawValue == "3")
        #expect(odd.token == nil && odd.statusVersion == nil && odd.percentProgress == nil)
        #expect(odd.statusText == nil && odd.logOutput == nil)
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
            ("Outer.Type+NestedException: x", "Outer.Type+NestedException"),
            ("System.ServiceModel.FaultException`1: x", "System.ServiceModel.FaultException`1"),
            ("_a._b9Exception: x", "_a._b9Exception"), ("A.B_cException: x", "A.B_cException"),
        ])
    func type(details: String, expected: String) {
        #expect(ErrorStructure(message: "", details: details).exceptionType == expected)
    }

    @Test(
        "a name that is none of .NET, or that changes with each release, is other",
        arguments: [
            ".", "..", "a.", ".a", "a..b", "25.000: messages", "System.9a: x", "Exception: no namespace",
            "The store is missing. Please check: it", "Größe.Fehler: x", "C:\\Windows.old",
            "System.Exception : x", "<html>.</html>", "user@example.com: refused", "System.\u{0}Exception: x",
            "22_4_0_21931.a: x", "22_4_0_21931: x", "MailStore._22_4_0_21931Exception: x",
            "MailStore.Common_25_3.StoreException: x", "MailStore.22_4_0_Exception: x", "a.b: x", "#=qFoo.#=zBar: x",
            "\u{2001}\u{2002}.\u{0005}: x", "MailStore.Class12: x",
        ])
    func other(details: String) {
        #expect(ErrorStructure(message: "System.Exception", details: details).exceptionType == "other")
    }

    @Test("without details it is unknown", arguments: ["", ":", "\nSystem.Exception: x", ": System.Exception"])
    func unknown(details: String) {
        #expect(ErrorStructure(message: "System.Exception", details: details).exceptionType == "unknown")
    }

    @Test("a type name is at most 128 bytes long", arguments: [(128, true), (129, false), (1_000_000, false)])
    func length(length: Int, isType: Bool) {
        let head = "N." + String(repeating: "x", count: length - 11) + "Exception"
        let structure = ErrorStructure(message: "", details: head + ": text")
        #expect(structure.exceptionType == (isType ? head : "other"))
    }
}
