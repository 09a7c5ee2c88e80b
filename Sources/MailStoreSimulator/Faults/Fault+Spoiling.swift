extension Fault {
    /// The envelope with the fault's change to its fields.
    func spoil(_ envelope: JSONValue) -> JSONValue {
        switch self {
        case .missingField(let field):
            Self.change(field, in: envelope) { _ in nil }
        case .wrongType(let field):
            Self.change(field, in: envelope) { value in
                switch value {
                case .string: 17
                case .object, .array, .null: "not what you expect"
                default: ["unexpected": true]
                }
            }
        case .replaced(let field, let text):
            Self.change(field, in: envelope) { _ in .string(text) }
        default:
            envelope
        }
    }

    /// The reply with the fault's change to how it goes over the wire.
    func spoil(_ reply: SimulatedReply) -> SimulatedReply {
        var reply = reply
        switch self {
        case .truncate: reply.delivery = .truncated
        case .badJSON: reply.body = Array(reply.body.prefix(reply.body.count / 2))
        case .oversized(let bytes): reply.delivery = .padded(to: bytes)
        default: break
        }
        return reply
    }

    private static func change(
        _ field: String,
        in envelope: JSONValue,
        _ change: (JSONValue) -> JSONValue?
    ) -> JSONValue {
        guard case .object(let members) = envelope else { return deeply(field, envelope, change) }
        let prefix = "envelope."
        return .object(
            members.compactMap { member in
                if field == prefix + member.name {
                    return change(member.value).map { JSONMember(name: member.name, value: $0) }
                }
                guard member.name == "result" else { return member }
                return JSONMember(name: member.name, value: deeply(field, member.value, change))
            })
    }

    private static func deeply(
        _ field: String,
        _ value: JSONValue,
        _ change: (JSONValue) -> JSONValue?
    ) -> JSONValue {
        switch value {
        case .array(let elements):
            .array(elements.map { deeply(field, $0, change) })
        case .object(let members):
            .object(
                members.compactMap { member in
                    guard member.name == field else {
                        return JSONMember(name: member.name, value: deeply(field, member.value, change))
                    }
                    return change(member.value).map { JSONMember(name: field, value: $0) }
                })
        default:
            value
        }
    }
}
