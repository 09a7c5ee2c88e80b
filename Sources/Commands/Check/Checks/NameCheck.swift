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
