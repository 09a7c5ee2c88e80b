extension SimulatorCore {
    /// Why the server does not even look at a call; nil where it does.
    func refusal(of request: SimulatedRequest, _ function: String) -> SimulatedReply? {
        guard request.method == "POST" else {
            // That GET and others are refused is known, the status is a guess.
            var refusal = reply(status: 405, "The API is called by POST.")
            refusal.headers.append(.init(name: "Allow", value: "POST"))
            return refusal
        }
        guard request.contentLength != nil else {
            return reply(status: 411, "The request must be chunked or have a content length.")
        }
        // MailStore Server lists its functions to everybody.
        if function == "get-metadata" { return nil }
        guard let credentials = BasicCredentials(request.authorization),
            let user = world.users.first(where: { $0.userName == credentials.userName }),
            user.accepts(credentials.password), user.mayUseAPI
        else {
            var refusal = reply(status: 401, "Unauthorized")
            refusal.headers.append(.init(name: "WWW-Authenticate", value: "Basic realm=\"MailStore\""))
            return refusal
        }
        return user.isAdministrator ? nil : reply(status: 403, "Forbidden")
    }

    /// The answer of a fault that leaves no room for another one.
    func preempted(by fault: Fault) -> SimulatedReply? {
        switch fault {
        case .error(let exception, let message):
            return reply(Envelope.failed(APIFailure(exception, message)).json, nil)
        case .status(let status):
            return reply(status: status, "Ordered fault")
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
            .longLog:
            return nil
        }
    }

    /// A reply of the API, spoilt where a fault says so.
    func reply(_ json: JSONValue, _ fault: Fault?) -> SimulatedReply {
        guard let fault else { return jsonReply(json.encoded()) }
        return fault.spoil(jsonReply(fault.spoil(json).encoded()))
    }

    /// A reply that does not come from the API but from the HTTP server in front of it.
    func reply(status: Int, _ text: String) -> SimulatedReply {
        SimulatedReply(
            status: status, headers: headers(contentType: "text/plain"), body: Array((text + "\n").utf8))
    }

    private func jsonReply(_ body: [UInt8]) -> SimulatedReply {
        let mark: [UInt8] = options.quirks.byteOrderMark ? [0xEF, 0xBB, 0xBF] : []
        return SimulatedReply(headers: headers(contentType: "application/json"), body: mark + body)
    }

    /// The headers of the documented example, in its order; the length is added where it is sent.
    private func headers(contentType: String) -> [SimulatedReply.Header] {
        let yesterday = CivilTime(seconds: Int(dateSeconds.rounded(.down)) - 86_400).httpDate
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

    private var dateSeconds: Double {
        world.now + clock.dateOffset
    }

    private var httpDate: String {
        CivilTime(seconds: Int(dateSeconds.rounded(.down))).httpDate
    }
}
