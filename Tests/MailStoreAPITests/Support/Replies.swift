import MailStoreAPI

/// Envelopes as a server writes them, for tests to fill.
enum Replies {
    /// A call that succeeded, with the result in JSON.
    static func succeeded(_ result: String = "null") -> String {
        #"{"error": null, "token": null, "statusVersion": 2, "statusCode": "succeeded", "result": \#(result)}"#
    }

    /// A call that goes on on the server.
    static func running(version: Int64, token: String = "t0", progress: String = "null") -> String {
        #"""
        {"error": null, "token": "\#(token)", "statusVersion": \#(version), "statusCode": "running",
        "percentProgress": \#(progress), "result": null}
        """#
    }

    /// A call that failed on the server; both texts are put into JSON as they are.
    static func failed(message: String, details: String) -> String {
        #"""
        {"error": {"message": "\#(message)", "details": "\#(details)"}, "token": null, "statusVersion": 2,
        "statusCode": "failed", "result": null}
        """#
    }
}

extension Envelope {
    /// Reads a reply written as text.
    init(_ reply: String) throws(JSONError) {
        try self.init(reply: Array(reply.utf8))
    }
}
