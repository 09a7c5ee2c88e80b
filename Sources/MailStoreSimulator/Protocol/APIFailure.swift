/// A call that the server answers with HTTP 200 and an error structure.
struct APIFailure: Error, Equatable {
    /// The .NET exception's full type name.
    var exception: String
    var message: String

    init(_ exception: String, _ message: String) {
        self.exception = exception
        self.message = message
    }
}

extension APIFailure {
    /// The message and exception for an absent mandatory argument, as seen on real servers.
    static func missingArgument(_ name: String, _ language: Quirks.Language) -> APIFailure {
        APIFailure(
            "System.Exception",
            language == .english ? "Missing API argument \(name)." : "Fehlendes API-Argument \(name).")
    }

    static func badDateTime(_ language: Quirks.Language) -> APIFailure {
        APIFailure(
            "System.FormatException",
            language == .english
                ? "String was not recognized as a valid DateTime."
                : "Die Zeichenfolge wurde nicht als gültiges DateTime erkannt.")
    }

    static func badBoolean(_ language: Quirks.Language) -> APIFailure {
        APIFailure(
            "System.FormatException",
            language == .english
                ? "String was not recognized as a valid Boolean."
                : "Die Zeichenfolge wurde nicht als gültiger boolescher Wert erkannt.")
    }

    static func badNumber(_ language: Quirks.Language) -> APIFailure {
        APIFailure(
            "System.FormatException",
            language == .english
                ? "Input string was not in a correct format."
                : "Die Eingabezeichenfolge hat das falsche Format.")
    }

    /// What an empty or zero value of a nullable argument brings; that it is an error is known, its words are not.
    static func emptyArgument(_ name: String) -> APIFailure {
        APIFailure("System.ArgumentException", "Value does not fall within the expected range. (\(name))")
    }

    static func unknownTimeZone(_ id: String) -> APIFailure {
        APIFailure(
            "System.TimeZoneNotFoundException", "The time zone ID '\(id)' was not found on the local computer.")
    }

    /// What a window with too many rows brings, as seen on real servers.
    static let nullableObject = APIFailure(
        "System.InvalidOperationException", "Nullable object must have a value.")

    /// The words for a function that does not exist are a guess.
    static func unknownFunction(_ name: String) -> APIFailure {
        APIFailure("System.Exception", "Unknown API function \(name).")
    }

    /// The words for a store that does not exist are a guess.
    static func unknownStore(_ id: Int) -> APIFailure {
        APIFailure("System.ArgumentException", "Archive store #\(id) does not exist.")
    }
}
