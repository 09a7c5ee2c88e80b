import MailStoreSimulator
import Testing

/// A fault of one function, and what is to be seen of it.
struct FaultCase: Sendable, CustomTestStringConvertible {
    var name: String
    var fault: Fault
    /// The reason that is counted; `nil` where the fault is none for the exporter.
    var reason: String?
    /// The function that the error is counted under, where it is not the one that is spoilt.
    var countedUnder = "GetStores"
    /// The exception type that is counted.
    var exception: String?
    /// Whether GetStores answers as a long process.
    var isProcess = false
    /// The function that is spoilt.
    var function = "GetStores"

    var testDescription: String { name }

    static let ofOneFunction: [FaultCase] = [
        FaultCase(
            name: "an error structure",
            fault: .error(exception: "System.IO.IOException", message: "Das Netzlaufwerk ist weg."),
            reason: "api_error", exception: "System.IO.IOException"),
        FaultCase(name: "HTTP status 500", fault: .status(500), reason: "http_status"),
        FaultCase(name: "HTTP status 404", fault: .status(404), reason: "http_status"),
        FaultCase(name: "HTTP status 403", fault: .status(403), reason: "forbidden"),
        FaultCase(name: "a server that hangs", fault: .hang, reason: "timeout"),
        FaultCase(name: "an answer that comes too late", fault: .delay(6), reason: "timeout"),
        FaultCase(name: "a connection closed without an answer", fault: .disconnect, reason: "connect"),
        FaultCase(name: "a body that breaks off", fault: .truncate, reason: "bad_reply"),
        FaultCase(name: "half a JSON text", fault: .badJSON, reason: "bad_reply"),
        FaultCase(name: "a body over the limit", fault: .oversized(bytes: 3_000_000), reason: "too_large"),
        FaultCase(name: "a body without end", fault: .oversized(bytes: nil), reason: "too_large"),
        FaultCase(name: "a web page", fault: .html, reason: "bad_reply"),
        FaultCase(
            name: "a redirect", fault: .redirect(to: "https://127.0.0.1:9/api/invoke/GetStores"),
            reason: "http_status"),
        FaultCase(name: "rows without their ids", fault: .missingField("id"), reason: "bad_reply"),
        FaultCase(name: "a number that is none", fault: .wrongType(field: "statisticsSize"), reason: "bad_reply"),
        FaultCase(name: "an empty body", fault: .body(""), reason: "bad_reply"),
        FaultCase(name: "an envelope that is null", fault: .body("null"), reason: "bad_reply"),
        FaultCase(name: "an array for an envelope", fault: .body("[]"), reason: "bad_reply"),
        FaultCase(
            name: "nesting without end", fault: .body(String(repeating: "[", count: 200_000)), reason: "bad_reply"),
        FaultCase(
            name: "an envelope without a status", fault: .missingField("envelope.statusCode"), reason: "bad_reply"),
        FaultCase(
            name: "a process whose token expires", fault: .expiredToken, reason: "http_status",
            countedUnder: "get-status", isProcess: true),
        FaultCase(
            name: "a process that never ends", fault: .endlessProcess, reason: "timeout", isProcess: true),
        FaultCase(
            name: "a status that never comes", fault: .hang, reason: "timeout", countedUnder: "get-status",
            isProcess: true, function: "get-status"),
        FaultCase(
            name: "a status that is a web page", fault: .html, reason: "bad_reply", countedUnder: "get-status",
            isProcess: true, function: "get-status"),
    ]

    /// Faults of the whole server: the reason is that of its heartbeat.
    static let ofAllFunctions: [FaultCase] = [
        FaultCase(name: "HTTP status 503 everywhere", fault: .status(503), reason: "http_status"),
        FaultCase(name: "a server that hangs altogether", fault: .hang, reason: "timeout"),
        FaultCase(name: "connections that are all closed", fault: .disconnect, reason: "connect"),
        FaultCase(name: "bodies that all break off", fault: .truncate, reason: "bad_reply"),
        FaultCase(name: "web pages everywhere", fault: .html, reason: "bad_reply"),
        FaultCase(
            name: "redirects everywhere", fault: .redirect(to: "https://127.0.0.1:9/"), reason: "http_status"),
        FaultCase(name: "HTTP status 403 everywhere", fault: .status(403), reason: "forbidden"),
        FaultCase(name: "bodies that all have no end", fault: .oversized(bytes: nil), reason: "too_large"),
    ]
}
