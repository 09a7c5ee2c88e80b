/// VerifyStore and VerifyStores: long-running processes that write their progress to the log.
enum VerificationFunctions {
    static let all: [APIFunction] = [
        APIFunction(
            name: "VerifyStore", arguments: [.number("id"), .bool("includeIndexes", isNew: true)]
        ) { (world, arguments) throws(APIFailure) in
            let id = arguments.number("id") ?? 0
            guard world.openStores.contains(where: { $0.id == id }) else { throw .unknownStore(id) }
            return .process(verification(of: [id], in: &world, arguments))
        },
        APIFunction(
            name: "VerifyStores", arguments: [.bool("includeIndexes", isNew: true)]
        ) { (world, arguments) in
            .process(verification(of: world.openStores.map(\.id), in: &world, arguments))
        },
    ]

    private static func verification(of ids: [Int], in world: inout World, _ arguments: Arguments) -> ProcessPlan {
        let lines = LogLines(isGerman: arguments.quirks.language == .german)
        let rate = max(1, arguments.options.messagesVerifiedPerSecond)
        var steps: [ProcessPlan.Step] = []
        var time = 0.0
        var pending = ""
        var damaged = 0
        for id in ids {
            guard let store = world.stores.first(where: { $0.id == id }) else { continue }
            pending += lines.begin(id)
            // The first reply contains the first lines, as in the vendor's example.
            if steps.isEmpty {
                steps.append(ProcessPlan.Step(at: 0, log: pending))
                pending = ""
            }
            for verified in stride(from: 400, through: store.messages, by: 400) {
                time += 400 / rate
                steps.append(ProcessPlan.Step(at: time, log: pending + lines.verified(verified)))
                pending = ""
            }
            time += Double(store.messages % 400) / rate
            let errors = world.beginVerification(ofStore: id)
            for number in 0..<min(errors, 1000) {
                // How the log reports a damaged message is unknown.
                pending += lines.damaged(number * 17 + 5)
            }
            if errors > 0 { pending += lines.errors(errors) }
            damaged += errors
        }
        steps.append(ProcessPlan.Step(at: time + 1 / rate, log: pending))
        let fails = damaged > 0 && arguments.quirks.damageOutcome == .failed
        return ProcessPlan(
            steps: steps,
            ending: fails ? .failed(APIFailure("System.Exception", lines.failure(damaged))) : .succeeded(.null),
            effect: .nothing)
    }

    /// The lines of the log; `docs/api.md` says which of the English ones are documented ("Long-running processes").
    private struct LogLines {
        let isGerman: Bool

        func begin(_ id: Int) -> String {
            isGerman
                ? "Prüfe Dateigruppe #\(id)...\r\nErstelle eine Liste der zu prüfenden Nachrichten...\r\n"
                : "Verifying file group #\(id)...\r\nCreating a list of messages to be verified...\r\n"
        }

        func verified(_ count: Int) -> String {
            isGerman ? "  \(count) Nachrichten geprüft...\r\n" : "  \(count) messages verified...\r\n"
        }

        func damaged(_ message: Int) -> String {
            isGerman ? "  Nachricht #\(message) ist beschädigt.\r\n" : "  Error: message #\(message) is damaged.\r\n"
        }

        func errors(_ count: Int) -> String {
            isGerman
                ? "\(count) Fehler wurden gefunden (siehe oben).\r\n"
                : "\(count) errors have been found (see above).\r\n"
        }

        func failure(_ count: Int) -> String {
            isGerman ? "\(count) Fehler wurden gefunden." : "\(count) errors have been found."
        }
    }
}
