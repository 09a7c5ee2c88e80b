/// The frame around every reply of an API call.
struct Envelope: Sendable, Equatable {
    var error: APIFailure?
    /// 32 hexadecimal digits while a process runs.
    var token: String?
    var statusVersion = 2
    var statusCode = "succeeded"
    var percentProgress: Int?
    var statusText: String?
    var result = JSONValue.null
    var logOutput: String?

    static func failed(_ failure: APIFailure) -> Envelope {
        Envelope(error: failure, statusCode: "failed")
    }

    /// The members in the order that the vendor's documentation shows.
    var json: JSONValue {
        [
            "error": error.map(Self.json(of:)) ?? .null,
            "token": .optional(token),
            "statusVersion": .integer(statusVersion),
            "statusCode": .string(statusCode),
            "percentProgress": .optional(percentProgress),
            "statusText": .optional(statusText),
            "result": result,
            "logOutput": .optional(logOutput),
        ]
    }

    private static func json(of failure: APIFailure) -> JSONValue {
        let trace = """
            \(failure.exception): \(failure.message)\r
               at MailStore.Server.Api.ApiArguments.GetValue(String name)\r
               at MailStore.Server.Api.ApiRequestHandler.Invoke(String function, ApiArguments args)
            """
        return ["message": .string(failure.message), "details": .string(trace)]
    }
}
