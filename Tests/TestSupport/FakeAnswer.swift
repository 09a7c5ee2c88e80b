package import MailStoreAPI

/// What becomes of one call to a ``FakeServer``.
package struct FakeAnswer: Sendable {
    package let respond: @Sendable (FakeServer.Call) async throws(TransportError) -> HTTPResponse

    package init(_ respond: @escaping @Sendable (FakeServer.Call) async throws(TransportError) -> HTTPResponse) {
        self.respond = respond
    }

    /// A reply as it stands.
    package static func raw(
        _ body: String, status: Int = 200, date: String? = nil, certificate: CertificateFacts? = nil
    ) -> FakeAnswer {
        let response = HTTPResponse(
            status: status, body: Array(body.utf8), date: date, contentType: "application/json",
            certificate: certificate)
        return FakeAnswer { (_) throws(TransportError) in response }
    }

    /// A call that succeeded, with the result in JSON.
    package static func result(_ json: String, date: String? = nil, certificate: CertificateFacts? = nil) -> FakeAnswer
    {
        raw(
            #"{"error": null, "token": null, "statusVersion": 2, "statusCode": "succeeded", "result": \#(json)}"#,
            date: date, certificate: certificate)
    }

    /// A call that failed on the server, with HTTP status 200.
    package static func failed(_ exception: String, _ message: String = "It went wrong.") -> FakeAnswer {
        raw(
            #"""
            {"error": {"message": "\#(message)", "details": "\#(exception): \#(message)\r\n   at Somewhere()"},
            "token": null, "statusVersion": 2, "statusCode": "failed", "result": null}
            """#)
    }

    package static func status(_ status: Int) -> FakeAnswer {
        raw("", status: status)
    }

    /// No complete reply.
    package static func broken(_ kind: TransportError.Kind, certificate: CertificateFacts? = nil) -> FakeAnswer {
        FakeAnswer { (_) throws(TransportError) in
            throw TransportError(kind: kind, description: "the exchange failed", certificate: certificate)
        }
    }

    /// The same answer, when the gate has been opened.
    package func behind(_ gate: Gate) -> FakeAnswer {
        FakeAnswer { (call) throws(TransportError) in
            await gate.passed()
            if Task.isCancelled { throw TransportError(kind: .cancelled, description: "cancelled") }
            return try await respond(call)
        }
    }
}
