/// A fault that a test injects into calls.
public enum Fault: Sendable, Equatable {
    /// HTTP 200 with an error structure of this .NET exception type and message.
    case error(exception: String, message: String)
    /// This HTTP status, without a reply of the API.
    case status(Int)
    /// There is no reply until the server stops or ten minutes have passed.
    case hang
    /// The correct reply, delayed by this number of real seconds.
    case delay(Double)
    /// The connection is closed without a reply.
    case disconnect
    /// The connection is cut in the middle of the body, before the announced length is reached.
    case truncate
    /// A body that is complete for HTTP, but stops in the middle of its JSON.
    case badJSON
    /// A body that is padded to this number of bytes; nil: endless.
    case oversized(bytes: Int?)
    /// The server forgets the tokens of the function's processes and answers 404; for `get-status`, of any process.
    case expiredToken
    /// A web page, as from a server that is not MailStore.
    case html
    /// A redirect (302) to this URL.
    case redirect(to: String)
    /// The correct reply without this field of the result, or without the field `NAME` of the envelope if the value is
    /// `envelope.NAME`.
    case missingField(String)
    /// The correct reply, in which this field has a wrong JSON type.
    case wrongType(field: String)
    /// The correct reply, in which this field has this text as its value.
    case replaced(field: String, text: String)
    /// The correct reply, in which this field of the last row, or of the only one, is this JSON, well formed or not.
    case oddField(String, json: String)
    /// The correct reply, with a further row that is this JSON, well formed or not.
    case oddRow(json: String)
    /// The correct reply, without its rows: an empty list.
    case noRows
    /// The correct reply, whose rows are repeated with other ids until there are this many.
    case manyRows(Int)
    /// The correct reply, in which names have this number of characters.
    case longNames(length: Int)
    /// HTTP 200 with exactly this body, after a byte order mark if ``Quirks/byteOrderMark`` is on.
    case body(String)
    /// The process that the call starts never ends.
    case endlessProcess
    /// The process that the call starts writes a log of about this number of bytes.
    case longLog(bytes: Int)
}

extension Fault {
    /// The names that ``init(name:value:)`` knows.
    static let allNames = [
        "badJSON", "body", "delay", "disconnect", "endlessProcess", "error", "expiredToken", "hang", "html", "longLog",
        "longNames", "manyRows", "missingField", "noRows", "oddField", "oddRow", "oversized", "redirect", "replaced",
        "status", "truncate", "wrongType",
    ]

    /// Parses a fault by its name on the control pages; nil if the name is unknown or the value is invalid for it.
    ///
    /// - Parameters:
    ///   - name: The name of the case, such as `hang`.
    ///   - value: The argument of the case: `error` takes `EXCEPTION: MESSAGE`, `replaced` takes `FIELD=TEXT`,
    ///     `oddField` takes `FIELD=JSON`, `oversized` a number of bytes or nothing.
    init?(name: String, value: String?) {
        switch name {
        case "hang": self = .hang
        case "disconnect": self = .disconnect
        case "truncate": self = .truncate
        case "badJSON": self = .badJSON
        case "expiredToken": self = .expiredToken
        case "html": self = .html
        case "endlessProcess": self = .endlessProcess
        case "noRows": self = .noRows
        case "oversized" where value == nil: self = .oversized(bytes: nil)
        default:
            guard let value, let fault = Self.withValue(name, value) else { return nil }
            self = fault
        }
    }

    private static func withValue(_ name: String, _ value: String) -> Fault? {
        switch name {
        case "error":
            let parts = value.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            return .error(exception: String(parts[0]), message: String(parts[1].drop { $0 == " " }))
        case "status": return Int(value).flatMap { (200...599).contains($0) ? .status($0) : nil }
        case "delay": return Double(value).flatMap { $0 >= 0 && $0.isFinite ? .delay($0) : nil }
        case "oversized": return Int(value).map { .oversized(bytes: $0) }
        case "redirect": return .redirect(to: value)
        case "missingField": return .missingField(value)
        case "wrongType": return .wrongType(field: value)
        case "replaced":
            let parts = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return parts.count == 2 ? .replaced(field: String(parts[0]), text: String(parts[1])) : nil
        case "oddField":
            let parts = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return parts.count == 2 ? .oddField(String(parts[0]), json: String(parts[1])) : nil
        case "oddRow": return .oddRow(json: value)
        case "manyRows": return Int(value).flatMap { (0...10_000_000).contains($0) ? .manyRows($0) : nil }
        case "longNames": return Int(value).flatMap { (0...1_000_000).contains($0) ? .longNames(length: $0) : nil }
        case "body": return .body(value)
        case "longLog": return Int(value).map { .longLog(bytes: $0) }
        default: return nil
        }
    }
}

extension Fault {
    /// Applies the fault to the JSON of a reply.
    func applied(to json: JSONValue) -> JSONValue {
        switch self {
        case .missingField(let field):
            Self.change(field, in: json) { _ in nil }
        case .wrongType(let field):
            Self.change(field, in: json) { value in
                switch value {
                case .string: 17
                case .object, .array, .null: "not what you expect"
                default: ["unexpected": true]
                }
            }
        case .replaced(let field, let text):
            Self.change(field, in: json) { _ in .string(text) }
        case .oddField, .oddRow, .noRows, .manyRows, .longNames:
            appliedToRows(of: json)
        default:
            json
        }
    }

    /// Applies the fault to the way in which a reply is sent.
    func applied(to reply: SimulatedReply) -> SimulatedReply {
        var reply = reply
        switch self {
        case .truncate: reply.delivery = .truncated
        case .badJSON: reply.body = Array(reply.body.prefix(reply.body.count / 2))
        case .oversized(let bytes): reply.delivery = .padded(to: bytes)
        default: break
        }
        return reply
    }

    /// Changes `envelope.NAME` in the envelope, any other field inside its result; a reply without an envelope counts
    /// as a result.
    private static func change(
        _ field: String,
        in json: JSONValue,
        _ change: (JSONValue) -> JSONValue?
    ) -> JSONValue {
        guard case .object(let members) = json else { return changeInside(json, field, change) }
        return .object(
            members.compactMap { member in
                if field == "envelope." + member.name {
                    return change(member.value).map { JSONMember(name: member.name, value: $0) }
                }
                guard member.name == "result" else { return member }
                return JSONMember(name: member.name, value: changeInside(member.value, field, change))
            })
    }

    private static func changeInside(
        _ value: JSONValue,
        _ field: String,
        _ change: (JSONValue) -> JSONValue?
    ) -> JSONValue {
        switch value {
        case .array(let elements):
            .array(elements.map { changeInside($0, field, change) })
        case .object(let members):
            .object(
                members.compactMap { member in
                    guard member.name == field else {
                        return JSONMember(name: member.name, value: changeInside(member.value, field, change))
                    }
                    return change(member.value).map { JSONMember(name: field, value: $0) }
                })
        default:
            value
        }
    }
}

/// Injected faults, in the order in which they apply.
struct FaultQueue: Sendable {
    private struct Entry: Sendable {
        var fault: Fault
        /// `*`: every function.
        var function: String
        /// The instance whose calls it affects; nil: all calls.
        var instance: String?
        /// The remaining number of calls to affect; nil: until the fault is cleared.
        var remaining: Int?
    }

    private var entries: [Entry] = []

    mutating func add(_ fault: Fault, for function: String, instance: String? = nil, times: Int?) {
        guard times ?? 1 > 0 else { return }
        entries.append(Entry(fault: fault, function: function, instance: instance, remaining: times))
    }

    /// Removes the faults of this function and of this instance; nil: of any.
    mutating func clear(function: String? = nil, instance: String? = nil) {
        entries.removeAll { entry in
            (function == nil || entry.function == function) && (instance == nil || entry.instance == instance)
        }
    }

    /// Takes the first fault that applies to a call of the function, on this instance if it is a call on one.
    ///
    /// An expired token affects only the calls that send a token, not the call that starts a process.
    mutating func take(for function: String, instance: String?) -> Fault? {
        let sendsToken = function == "get-status" || function == "cancel-async"
        return take(instance) { entry in
            (entry.function == function || entry.function == "*") && (sendsToken || entry.fault != .expiredToken)
        }
    }

    /// Whether the token of a process that this function started must expire.
    mutating func takeExpiredToken(ofProcess function: String, instance: String?) -> Bool {
        take(instance) { $0.function == function && $0.fault == .expiredToken } != nil
    }

    private mutating func take(_ instance: String?, where matches: (Entry) -> Bool) -> Fault? {
        let index = entries.firstIndex { entry in
            (entry.instance == nil || entry.instance == instance) && matches(entry)
        }
        guard let index else { return nil }
        let fault = entries[index].fault
        if let remaining = entries[index].remaining {
            entries[index].remaining = remaining - 1
            if remaining <= 1 { entries.remove(at: index) }
        }
        return fault
    }
}
