import Configuration

/// Whether the host name resolves.
struct NameCheck: TargetCheck {
    static let name = CheckName.name
    static let needs: [CheckName] = []

    func run(_ context: inout CheckContext) async -> [Finding] {
        let host = context.target.url.host
        switch await context.network.resolve(host, context.settings.connectTimeout.duration) {
        case .success(let addresses) where !addresses.isEmpty:
            context.addresses = addresses
            let list = addresses.map(\.description).joined(separator: ", ")
            let isAddress = addresses.count == 1 && addresses[0].description == host
            return [
                Finding(
                    .ok, isAddress ? "\(host) is an IP address" : "\(host) resolves to \(list)",
                    details: [.text("host", host), .text("addresses", list)])
            ]
        case .success:
            return [unresolved(host, "it has no address", context)]
        case .failure(let failure):
            return [unresolved(host, failure.description, context)]
        }
    }

    private func unresolved(_ host: String, _ reason: String, _ context: CheckContext) -> Finding {
        let message = "\(host) does not resolve: \(reason)"
        if let remark = context.proxyRemark { return Finding(.warning, message, remedy: remark) }
        return Finding(
            .failed, message,
            remedy: "Check the spelling in the URL and this machine's DNS settings, or use the IP address.",
            details: [.text("host", host)])
    }
}

/// Whether each address of the server accepts connections.
struct ConnectionCheck: TargetCheck {
    static let name = CheckName.tcp
    static let needs = [CheckName.name]

    func run(_ context: inout CheckContext) async -> [Finding] {
        let (addresses, port) = (context.addresses, context.target.url.port)
        guard !addresses.isEmpty else {
            return [Finding(.warning, "no address to connect to", remedy: context.proxyRemark)]
        }
        let (network, limit) = (context.network, context.settings.connectTimeout.duration)
        let results = await withTaskGroup(of: (Int, Result<Duration, NetworkFailure>).self) { group in
            for (index, address) in addresses.enumerated() {
                group.addTask { (index, await network.connect(address, port, limit)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        var lines: [String] = []
        var failures: [NetworkFailure] = []
        for (index, address) in addresses.enumerated() {
            switch results[index] {
            case .success(let duration): lines.append("\(address) accepts connections (\(duration.text))")
            case .failure(let failure):
                lines.append("\(address): \(failure)")
                failures.append(failure)
            case nil: continue
            }
        }
        let message = "port \(port): " + lines.joined(separator: ", ")
        let details = [
            CheckDetail.number("port", port), .number("addresses", addresses.count),
            .number("reachable", addresses.count - failures.count),
        ]
        guard let failure = failures.first else { return [Finding(.ok, message, details: details)] }
        if failures.count < addresses.count {
            let remedy =
                "The exporter uses whichever address answers. Make the server listen on all of them, or remove the "
                + "others from the DNS."
            return [Finding(.warning, message, remedy: remedy, details: details)]
        }
        if let remark = context.proxyRemark {
            return [Finding(.warning, message, remedy: remark, details: details)]
        }
        return [Finding(.failed, message, remedy: Self.remedy(for: failure), details: details)]
    }

    private static func remedy(for failure: NetworkFailure) -> String {
        switch failure.kind {
        case .refused:
            "Is the Administration API enabled? It is off by default (MailStore Server Service Configuration). Its "
                + "default port is \(ServerURL.defaultPort)."
        case .timedOut:
            "Check the address and every firewall in between, including the Windows firewall of the server."
        case .other:
            "Check the address, the network and every firewall in between."
        }
    }
}
