import MailStoreAPI
import PlainText

/// Whether the archive can take in mail, and whether its stores are fit.
struct StoresCheck: TargetCheck {
    static let name = CheckName.stores
    static let needs = [CheckName.login]

    func run(_ examination: inout Examination) async -> [Finding] {
        guard examination.target.collectors.contains(.stores) else {
            return [Finding(.skipped, "stores are not collected")]
        }
        guard examination.offers(.getStores) else { return [Finding(.skipped, "the server does not offer GetStores")] }
        let stores: [Store]
        do throws(APIError) {
            stores = try await examination.parts.api.invoke(.getStores, as: [Store].self, by: examination.deadline())
        } catch {
            return [
                Finding(
                    .failed, "the stores could not be listed", remedy: error.description,
                    details: [.text("reason", error.reason.rawValue)])
            ]
        }
        let details = [CheckDetail.number("stores", stores.count)]
        let plural = stores.count == 1 ? "" : "s"
        guard stores.contains(where: { $0.requestedState?.lowercased() == "current" }) else {
            return [
                Finding(
                    .warning, "\(stores.count) store\(plural), none of which is the current one: nothing is archived",
                    remedy: "Make a store the current one, in MailStore's administration of storage locations.",
                    details: details)
            ]
        }
        let ill = stores.filter { $0.hasError == true }
        guard ill.isEmpty else {
            let names = ill.map { $0.label(hidesName: examination.parts.hidesNames) }.joined(separator: ", ")
            return [
                Finding(
                    .warning, "\(ill.count) of \(stores.count) store\(plural) with an error: \(names)",
                    remedy: "Look at the stores in MailStore's administration of storage locations.", details: details)
            ]
        }
        return [
            Finding(.ok, "\(stores.count) store\(plural), one of which takes in mail", details: details)
        ]
    }
}

extension Store {
    fileprivate func label(hidesName: Bool) -> String {
        guard let name, !hidesName else { return id }
        return "\(id) \(QuotedText(name))"
    }
}
