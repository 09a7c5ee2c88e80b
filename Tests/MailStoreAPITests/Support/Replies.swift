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

extension APIReply {
    /// Reads a reply written as text.
    init(_ reply: String) throws(JSONError) {
        try self.init(reply: Array(reply.utf8))
    }
}

/// Realistic replies, small enough to be cut at every byte.
enum SampleReplies {
    static let all = [stores, workerResults, jobs, metadata]

    static let stores = #"""
        {"error": null, "token": null, "statusVersion": 2, "statusCode": "succeeded", "percentProgress": null,
        "statusText": null, "result": [
        {"id": 1, "name": "Archiv \u00fcber \"alles\" 🗄", "requestedState": "normal", "error": null,
        "statisticsCount": 4711, "statisticsSize": 1234567890123, "needsUpgrade": false,
        "searchIndexesNeedRebuild": true, "databasePath": "D:\\MailStore\\1"},
        {"id": "2", "name": null, "statisticsCount": 1.0e3, "statisticsSize": null, "future": {"a": [1, -2.5, {}]}}
        ], "logOutput": "one\r\ntwo\r\n"}
        """#

    static let workerResults = #"""
        {"error":null,"statusCode":"succeeded","result":[{"id":7,"startTime":"2026-01-31T23:59:59","completeTime":
        "2026-02-01T00:10:00.1234567","profileId":3,"profileName":"J\u00f6rg","itemsArchived":12,"result":"succeeded"}]}
        """#

    static let jobs = #"""
        {"statusCode":"succeeded","result":[{"id":1,"name":"Verify","action":"VerifyStores --includeIndexes=false",
        "enabled":true,"interval":null,"time":"03:00","dayOfWeek":"Sunday"},{"id":2,"interval":15,"jobId":"x"}]}
        """#

    static let metadata = #"""
        [{"name":"GetServerInfo","args":[]},{"name":"GetStores","args":[{"name":"includeSize","type":"bool",
        "nullable":true}]}]
        """#
}

/// The replies that the vendor's documentation prints ("Using the API"), byte for byte.
///
/// The page's `Content-Length` headers, 251 and 290, come out only with a byte order mark and CRLF line ends.
enum SeedReplies {
    static let serverInfo = bytes(
        #"""
        {
          "error": null,
          "token": null,
          "statusVersion": 2,
          "statusCode": "succeeded",
          "percentProgress": null,
          "statusText": null,
          "result": {
            "version": "9.0.0.9702",
            "machineName": "MAILSTORE"
          },
          "logOutput": null
        }
        """#)

    static let verificationBegins = bytes(
        #"""
        {
          "error": null,
          "token": "b3af0ebae4dd755d1a54b9756817baee",
          "statusVersion": 3,
          "statusCode": "running",
          "percentProgress": 0,
          "statusText": null,
          "result": null,
          "logOutput": "Verifying file group #11...\r\nCreating a list of messages to be verified...\r\n"
        }
        """#)

    static let verificationGoesOn = bytes(
        #"""
        {
          "error": null,
          "token": "b3af0ebae4dd755d1a54b9756817baee",
          "statusVersion": 9,
          "statusCode": "running",
          "percentProgress": 0,
          "statusText": null,
          "result": null,
          "logOutput": "  400 messages verified...\r\n"
        }
        """#)

    static let verificationEnds = bytes(
        #"""
        {
          "error": null,
          "token": null,
          "statusVersion": 269,
          "statusCode": "succeeded",
          "percentProgress": null,
          "statusText": null,
          "result": null,
          "logOutput": null
        }
        """#)

    private static func bytes(_ text: String) -> [UInt8] {
        [0xEF, 0xBB, 0xBF] + Array(text.split(separator: "\n").joined(separator: "\r\n").utf8)
    }
}
