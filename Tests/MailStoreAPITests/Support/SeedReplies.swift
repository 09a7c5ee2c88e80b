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
