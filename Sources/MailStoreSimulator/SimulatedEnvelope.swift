/// The object around the result of every call (`docs/api.md`, "Replies").
struct SimulatedEnvelope: Sendable, Equatable {
    var error: APIFailure?
    /// 32 hexadecimal digits while a process is running.
    var token: String?
    var statusVersion = 2
    var statusCode = "succeeded"
    var percentProgress: Int?
    var statusText: String?
    var result = JSONValue.null
    var logOutput: String?

    static func failed(_ failure: APIFailure) -> SimulatedEnvelope {
        SimulatedEnvelope(error: failure, statusCode: "failed")
    }

    /// The fields in the order of the vendor's example.
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

/// The error of a call that failed inside MailStore, sent with HTTP status 200 (`docs/api.md`, "Replies").
struct APIFailure: Error, Equatable {
    /// The full type name of the .NET exception.
    var exception: String
    var message: String

    init(_ exception: String, _ message: String) {
        self.exception = exception
        self.message = message
    }
}

extension APIFailure {
    /// A mandatory argument is missing; exception and message as observed on real servers.
    static func missingArgument(_ name: String, _ language: Quirks.Language) -> APIFailure {
        APIFailure(
            "System.Exception",
            language == .english ? "Missing API argument \(name)." : "Fehlendes API-Argument \(name).")
    }

    static func badDateTime(_ language: Quirks.Language) -> APIFailure {
        badFormat(
            language, english: "String was not recognized as a valid DateTime.",
            german: "Die Zeichenfolge wurde nicht als gültiges DateTime erkannt.")
    }

    static func badBoolean(_ language: Quirks.Language) -> APIFailure {
        badFormat(
            language, english: "String was not recognized as a valid Boolean.",
            german: "Die Zeichenfolge wurde nicht als gültiger boolescher Wert erkannt.")
    }

    static func badNumber(_ language: Quirks.Language) -> APIFailure {
        badFormat(
            language, english: "Input string was not in a correct format.",
            german: "Die Eingabezeichenfolge hat das falsche Format.")
    }

    private static func badFormat(_ language: Quirks.Language, english: String, german: String) -> APIFailure {
        APIFailure("System.FormatException", language == .english ? english : german)
    }

    /// A nullable argument is empty or 0: known to be an error, but with an unknown message.
    static func emptyArgument(_ name: String) -> APIFailure {
        APIFailure("System.ArgumentException", "Value does not fall within the expected range. (\(name))")
    }

    static func unknownTimeZone(_ id: String) -> APIFailure {
        APIFailure(
            "System.TimeZoneNotFoundException", "The time zone ID '\(id)' was not found on the local computer.")
    }

    /// The requested range has too many rows; exception and message as seen on real servers.
    static let nullableObject = APIFailure(
        "System.InvalidOperationException", "Nullable object must have a value.")

    /// The function does not exist; the message is a guess.
    static func unknownFunction(_ name: String) -> APIFailure {
        APIFailure("System.Exception", "Unknown API function \(name).")
    }

    /// The instance does not exist; the message is a guess.
    static func unknownInstance(_ id: String) -> APIFailure {
        APIFailure("System.ArgumentException", "Instance '\(id)' does not exist.")
    }

    /// The instance has no process; that calls then fail in this way is a guess.
    static func stoppedInstance(_ id: String) -> APIFailure {
        APIFailure("System.InvalidOperationException", "Instance '\(id)' is not running.")
    }

    /// Service provider access is off for the instance; exception and message are guesses.
    static func noProviderAccess(_ id: String) -> APIFailure {
        APIFailure("System.UnauthorizedAccessException", "Service provider access to instance '\(id)' is disabled.")
    }

    /// The store does not exist; the message is a guess.
    static func unknownStore(_ id: Int) -> APIFailure {
        APIFailure("System.ArgumentException", "Archive store #\(id) does not exist.")
    }
}
