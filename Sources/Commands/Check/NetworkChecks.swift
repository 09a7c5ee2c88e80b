import Configuration

/// Whether the host's name has addresses.
struct NameCheck: TargetCheck {
    static let name = CheckName.name
    static let needs: [CheckName] = []

    func run(_ examination: inout Examination) async -> [Finding] {
        let host = examination.target.url.host
        switch await examination.network.resolve(host, examination.settings.connectTimeout.duration) {
        case .success(let addresses) where !addresses.isEmpty:
            examination.addresses = addresses
            let list = addresses.map(\.description).joined(separator: ", ")
            let isAddress = addresses.count == 1 && addresses[0].description == host
            return [
                Finding(
                    .ok, isAddress ? "\(host) is an address already" : "\(host) is \(list)",
                    details: [.text("host", host), .text("addresses", list)])
            ]
        case .success:
            return [unresolved(host, "it has no address", examination)]
        case .failure(let failure):
            return [unresolved(host, failure.description, examination)]
        }
    }

    private func unresolved(_ host: String, _ reason: String, _ examination: Examination) -> Finding {
        let message = "\(host) does not resolve: \(reason)"
        if let remark = examination.proxyRemark { return Finding(.warning, message, remedy: remark) }
        return Finding(
            .failed, message, remedy: "Check its spelling in the URL and this machine's DNS, or write the address.",
            details: [.text("host", host)])
    }
}

/// Whether each address of the server accepts connections.
struct ConnectionCheck: TargetCheck {
    static let name = CheckName.tcp
    static let needs = [CheckName.name]

    func run(_ examination: inout Examination) async -> [Finding] {
        let (addresses, port) = (examination.addresses, examination.target.url.port)
        guard !addresses.isEmpty else {
            return [Finding(.warning, "no address to connect to is known", remedy: examination.proxyRemark)]
        }
        let (network, limit) = (examination.network, examination.settings.connectTimeout.duration)
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
                "Connections begin with whichever address answers; let the server listen on all of them, or take the "
                + "others out of the DNS."
            return [Finding(.warning, message, remedy: remedy, details: details)]
        }
        if let remark = examination.proxyRemark {
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
            "Check the address and the firewalls on the way, the Windows firewall of the server among them."
        case .other:
            "Check the address, the network and the firewalls on the way."
        }
    }
}
