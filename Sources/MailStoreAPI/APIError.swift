import PlainText

/// Why a call has no result.
package struct APIError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure: a closed set, the values of the label `reason` (`docs/metrics.md`).
    package enum Reason: String, Sendable, CaseIterable {
        case dns
        case connect
        case tls
        case timeout
        case unauthorized
        case forbidden
        case httpStatus = "http_status"
        case badReply = "bad_reply"
        case tooLarge = "too_large"
        case apiError = "api_error"
        case cancelled
    }

    package var reason: Reason
    /// The function that was called: `GetStores`, `get-metadata`.
    package var function: String
    /// The problem and the remedy, for people; contains no secret and no complete reply.
    package var description: String
    /// The .NET exception type at the head of the error structure's details, for `api_error`.
    package var exception: String?
    /// The HTTP status, if it was the failure.
    package var httpStatus: Int?
    /// Whether the server may have received the request; if not, the call has started nothing there.
    package var wasSent: Bool
    /// Whether the server refuses this function alone, and accepts the same login for others.
    package private(set) var concernsFunctionAlone = false
    /// After what time the call may be made, if it was not sent because of an earlier refusal.
    package var retryAfter: Duration?

    package init(
        _ reason: Reason, function: String, description: String, exception: String? = nil, httpStatus: Int? = nil,
        wasSent: Bool = true
    ) {
        self.reason = reason
        self.function = function
        self.description = description
        self.exception = exception
        self.httpStatus = httpStatus
        self.wasSent = wasSent
    }
}

extension APIError {
    /// The refusal of a function, by a server that accepts the same login for others.
    package func concerningFunctionAlone() -> APIError {
        var error = self
        error.concernsFunctionAlone = true
        if wasSent, let httpStatus {
            error.description = """
                the server refuses \(function) (\(httpStatus)), but accepts the same login for other functions: give the \
                user the privilege that this function needs, or leave its collector out of collectors
                """
        }
        return error
    }

    init(_ error: TransportError, function: String) {
        let reason: Reason =
            switch error.kind {
            case .dns: .dns
            case .connect: .connect
            case .tls: .tls
            case .timeout: .timeout
            case .truncated: .badReply
            case .tooLarge: .tooLarge
            case .cancelled: .cancelled
            }
        self.init(reason, function: function, description: error.description, wasSent: error.wasSent)
    }

    init(_ error: JSONError, function: String, contentType: String? = nil, body: [UInt8]) {
        guard !error.meansTooManyRows else {
            self.init(
                .tooLarge, function: function,
                description: """
                    \(function): \(error.problem): raise limits.rows_per_reply if the server really has so many, or find \
                    out what it lists
                    """)
            return
        }
        var description = "\(function): unexpected reply\(error.path.isEmpty ? ":" : " at") \(error)"
        if let first = body.first(where: { !$0.isJSONLead }), first == UInt8(ascii: "<") {
            let type = contentType.map { String($0.unicodeScalars.prefix(100)) } ?? "no content type"
            description = """
                \(function): the reply is a web page (\(type)), not JSON: check that the URL is that of MailStore's \
                Administration API, whose default port is 8463
                """
        }
        self.init(.badReply, function: function, description: description)
    }

    /// The failure for an HTTP status other than 200 (`docs/api.md`, "Replies").
    ///
    /// - Parameter program: The header `Server` of the reply.
    init(status: Int, function: String, answeredBy program: String? = nil) {
        switch status {
        case _ where function == ServiceCall.getMetadata.rawValue && [401, 403].contains(status):
            self.init(
                status == 401 ? .unauthorized : .forbidden, function: function,
                description: """
                    get-metadata is refused (\(status)). MailStore Server answers it without a login, the Service Provider \
                    Edition with the login of a system administrator: check the user name and the password, and whether a \
                    proxy refuses this address
                    """, httpStatus: status)
        case 401:
            self.init(
                .unauthorized, function: function,
                description: """
                    the server refused the login (401): check the user name and the password, that the user has the login \
                    privilege "api", that admin no longer has its initial password (remote logins need that), and, with \
                    multi-factor authentication, that an API password is used
                    """, httpStatus: status)
        case 403:
            self.init(
                .forbidden, function: function,
                description: "the user may not call the API (403): use the login of a MailStore administrator",
                httpStatus: status)
        case 404 where function == ServiceCall.getStatus.rawValue:
            self.init(
                .httpStatus, function: function,
                description: """
                    the server no longer knows the process (404): its token has expired, or the server was restarted; \
                    start it again if its result is needed
                    """, httpStatus: status)
        case 404:
            self.init(
                .httpStatus, function: function,
                description: """
                    the server has no such address (404): check that the URL is that of the Administration API, with \
                    nothing after the port
                    """, httpStatus: status)
        case 300..<400:
            self.init(
                .httpStatus, function: function,
                description: """
                    the server redirects (\(status)), which MailStore never does: check that the URL is that of the \
                    Administration API and not of a proxy; redirects are not followed, so that no other server gets \
                    the password
                    """, httpStatus: status)
        default:
            if let program, !program.isEmpty, !program.hasPrefix("Microsoft-HTTPAPI") {
                // MailStore itself answers through the HTTP service of Windows.
                self.init(
                    .httpStatus, function: function,
                    description: """
                        \(QuotedText(program)) answered with HTTP status \(status) (it names itself in the header Server): \
                        it is probably a proxy in front of MailStore; look for the cause in its log, and whether it reaches \
                        MailStore
                        """, httpStatus: status)
                return
            }
            // A proxy in front of MailStore sends these if MailStore does not answer it.
            let isFromProxy = [502, 503, 504].contains(status)
            self.init(
                .httpStatus, function: function,
                description: "the server \(isFromProxy ? "or a proxy in front of it " : "")answered with HTTP status "
                    + "\(status): look for the cause in the server's service log"
                    + (isFromProxy ? ", and in the log of the proxy if there is one" : ""),
                httpStatus: status)
        }
    }

    init(_ structure: ErrorStructure, function: String) {
        let message = structure.message.isEmpty ? "no message" : String(structure.message.unicodeScalars.prefix(300))
        self.init(
            .apiError, function: function,
            description: "\(function) failed on the server: \(message) (\(structure.exceptionType))",
            exception: structure.exceptionType)
    }
}

extension UInt8 {
    /// Whether the byte may stand before the first character of a reply: white space or part of a byte order mark.
    var isJSONLead: Bool {
        switch self {
        case 0x20, 0x0A, 0x0D, 0x09, 0xEF, 0xBB, 0xBF: true
        default: false
        }
    }
}
