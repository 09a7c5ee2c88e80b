internal import OperatingSystem

extension SimulatorCore {
    /// The reply of the HTTP layer to a call that does not reach the API; nil if it does (`docs/api.md`, "Protocol").
    func refusal(of request: SimulatedRequest, _ function: String) -> SimulatedReply? {
        guard request.method == "POST" else {
            // It is known that only POST is accepted; the status is a guess.
            var refusal = reply(status: 405, "The API accepts only POST.")
            refusal.headers.append(.init(name: "Allow", value: "POST"))
            return refusal
        }
        guard request.contentLength != nil else {
            return reply(status: 411, "The request must be chunked or have a content length.")
        }
        // MailStore Server answers get-metadata without a login, the Service Provider Edition does not.
        if function == "get-metadata", options.edition == .server { return nil }
        guard let login = AuthorizationHeader(request.authorization),
            let user = world.users.first(where: { $0.userName == login.userName }),
            user.accepts(login.password), user.mayUseAPI
        else { return unauthorized }
        if let status = options.quirks.refusedFunctions[function] {
            return status == 401 ? unauthorized : reply(status: status, "Forbidden")
        }
        return user.isAdministrator ? nil : reply(status: 403, "Forbidden")
    }

    private var unauthorized: SimulatedReply {
        var refusal = reply(status: 401, "Unauthorized")
        refusal.headers.append(.init(name: "WWW-Authenticate", value: "Basic realm=\"MailStore\""))
        return refusal
    }

    /// The list of functions, in the form of the quirk.
    var metadata: JSONValue {
        switch options.quirks.metadata {
        case .array: return functions.metadata
        case .empty: return []
        case .envelope: return SimulatedEnvelope(result: functions.metadata).json
        case .lowerCase:
            guard case .array(let list) = functions.metadata else { return functions.metadata }
            return .array(
                list.map { function in
                    guard case .object(let members) = function else { return function }
                    return .object(
                        members.map { member in
                            guard member.name == "name", case .string(let name) = member.value else { return member }
                            return JSONMember(name: "name", value: .string(name.lowercased()))
                        })
                })
        }
    }

    /// The envelope, in whose error the login is repeated if that quirk is on.
    func repeatingLogin(of request: SimulatedRequest, in envelope: SimulatedEnvelope) -> SimulatedEnvelope {
        guard options.quirks.repeatsLogin, let error = envelope.error,
            let login = AuthorizationHeader(request.authorization)
        else { return envelope }
        var envelope = envelope
        envelope.error = APIFailure(
            error.exception,
            "\(error.message) [\(request.authorization ?? "") = \(login.userName) / \(login.password)]")
        return envelope
    }

    /// The reply that a fault sends instead of the correct one; nil if the correct one is needed.
    func replacement(by fault: Fault) -> SimulatedReply? {
        switch fault {
        case .error(let exception, let message):
            return reply(SimulatedEnvelope.failed(APIFailure(exception, message)).json, nil)
        case .status(let status):
            return reply(status: status, "Injected fault")
        case .disconnect:
            return SimulatedReply(delivery: .disconnect)
        case .expiredToken:
            return reply(status: 404, "The token is unknown or has expired.")
        case .html:
            let page = "<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body>It works!</body></html>\n"
            return SimulatedReply(
                headers: [.init(name: "Content-Type", value: "text/html"), .init(name: "Date", value: httpDate)],
                body: Array(page.utf8))
        case .redirect(let location):
            var redirect = reply(status: 302, "Moved")
            redirect.headers.append(.init(name: "Location", value: location))
            return redirect
        case .body(let text):
            return jsonReply(Array(text.utf8))
        case .hang, .delay, .truncate, .badJSON, .oversized, .missingField, .wrongType, .replaced, .endlessProcess,
            .longLog, .oddField, .oddRow, .noRows, .manyRows, .longNames:
            return nil
        }
    }

    /// A reply of the API, after the fault was applied to it.
    func reply(_ json: JSONValue, _ fault: Fault?) -> SimulatedReply {
        guard let fault else { return jsonReply(json.encoded()) }
        return fault.applied(to: jsonReply(fault.applied(to: json).encoded()))
    }

    /// A reply of the HTTP layer.
    func reply(status: Int, _ text: String) -> SimulatedReply {
        SimulatedReply(
            status: status, headers: headers(contentType: "text/plain"), body: Array((text + "\n").utf8))
    }

    private func jsonReply(_ body: [UInt8]) -> SimulatedReply {
        let mark: [UInt8] = options.quirks.byteOrderMark ? [0xEF, 0xBB, 0xBF] : []
        guard options.quirks.compressesReplies else {
            return SimulatedReply(headers: headers(contentType: "application/json"), body: mark + body)
        }
        return SimulatedReply(
            headers: headers(contentType: "application/json") + [.init(name: "Content-Encoding", value: "gzip")],
            body: StoredGzip.encode(mark + body))
    }

    /// The headers of the vendor's example, in its order; the HTTP server adds the length.
    private func headers(contentType: String) -> [SimulatedReply.Header] {
        let yesterday = CivilDateTime(seconds: dateSeconds - 86_400).httpDate
        return [
            .init(
                name: "Cache-Control",
                value: "no-cache,private,no-store,must-revalidate,max-stale=0,post-check=0,pre-check=0"),
            .init(name: "Pragma", value: "no-cache"),
            .init(name: "Content-Type", value: contentType),
            .init(name: "Expires", value: yesterday),
            .init(name: "Server", value: "Microsoft-HTTPAPI/2.0"),
            .init(name: "Date", value: httpDate),
        ]
    }

    private var dateSeconds: Int {
        Int((world.now + clock.dateOffset).rounded(.down)) + world.clockError
    }

    private var httpDate: String {
        CivilDateTime(seconds: dateSeconds).httpDate
    }
}
