package import MicroHTTPServer

/// Stands before the pages: lets in who may come in, and puts the configured headers on every answer, in place of its own.
package final class WebGate: Sendable {
    private let access: WebAccess
    private let router: Router

    package init(access: WebAccess, router: Router) {
        self.access = access
        self.router = router
    }

    package func reply(to request: borrowing Request) -> Reply {
        let facts = WebRequest(request)
        // What a scrape does not need is not looked up: the client's address costs more than the rest.
        if access.admitsAll { return decorated(router.reply(to: facts)) }
        let verdict = access.verdict(
            path: facts.path, authorization: request.header("Authorization"), client: request.clientAddress)
        guard case .later(let check) = verdict else { return reply(verdict, facts) }
        return .later { [self] in
            var verdict = await check()
            while case .later(let next) = verdict { verdict = await next() }
            var reply = reply(verdict, facts)
            while case .later(let next) = reply { reply = await next() }
            return reply
        }
    }

    private func reply(_ verdict: WebAccess.Verdict, _ request: WebRequest) -> Reply {
        switch verdict {
        case .refused(let status, let response): router.answer(request.path, status, response)
        case .admitted, .later: decorated(router.reply(to: request))
        }
    }

    private func decorated(_ reply: Reply) -> Reply {
        let headers = access.headers.map { (name: $0.name, value: $0.value) }
        guard !headers.isEmpty else { return reply }
        switch reply {
        case .respond(let status, let response): return .respond(status: status, response.setting(headers))
        case .later(let next): return .later { [self] in decorated(await next()) }
        case .disconnect: return .disconnect
        }
    }
}
