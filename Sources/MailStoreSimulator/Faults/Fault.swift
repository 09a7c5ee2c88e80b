/// Something that goes wrong because a test has ordered it.
public enum Fault: Sendable, Equatable {
    /// HTTP 200 with an error structure: the .NET exception's type name and the message.
    case error(exception: String, message: String)
    /// That HTTP status, without a body of the API.
    case status(Int)
    /// No answer until the server stops or ten minutes have passed.
    case hang
    /// The right answer, so many real seconds late.
    case delay(Double)
    /// The connection is closed without an answer.
    case disconnect
    /// The right answer, cut off halfway although its full length was told.
    case truncate
    /// An answer that is complete for HTTP, but ends in the middle of its JSON.
    case badJSON
    /// A body filled up to so many bytes; nil = without end.
    case oversized(bytes: Int?)
    /// The server has forgotten the tokens of the function's processes: 404. For `get-status`: of any process.
    case expiredToken
    /// A web page: this is not MailStore.
    case html
    /// A redirect (302) to that URL.
    case redirect(to: String)
    /// The right answer without the fields of that name in its result; `envelope.NAME` is one of the envelope.
    case missingField(String)
    /// The fields of that name have another JSON type than they should.
    case wrongType(field: String)
    /// The fields of that name hold that text.
    case replaced(field: String, text: String)
    /// HTTP 200 with exactly that body; a byte order mark is put in front where the quirk is on.
    case body(String)
    /// The process that the function begins never ends by itself.
    case endlessProcess
    /// The process that the function begins writes a log of about so many bytes.
    case longLog(bytes: Int)
}

extension Fault {
    /// Whether the fault changes a process that begins, not the answer.
    var concernsProcess: Bool {
        switch self {
        case .endlessProcess, .longLog: true
        default: false
        }
    }
}
