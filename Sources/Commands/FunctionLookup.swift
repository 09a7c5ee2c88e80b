import MailStoreAPI
import PlainText

/// Finds the function to call, and decides whether it may be called without `--allow-changes`.
enum FunctionLookup {
    /// The function with exactly this name.
    ///
    /// - Throws: ``CommandError`` that suggests the nearest names.
    static func find(_ name: String, among functions: [FunctionMetadata]) throws(CommandError) -> FunctionMetadata {
        if let function = functions.first(where: { $0.name == name }) { return function }
        let nearest = nearestNames(to: name, among: functions.map(\.name)).map { TerminalText.line($0) }
        let advice =
            nearest.isEmpty
            ? "list its functions with: mailstore_exporter functions"
            : nearest.count == 1
                ? "did you mean \(nearest[0])?"
                : "did you mean one of: \(nearest.joined(separator: ", "))?"
        throw CommandError(.commandLine, "the server has no function \(QuotedText(name)); \(advice)")
    }

    /// - Throws: ``CommandError`` if the function may change the server.
    static func requireReadOnly(_ name: String) throws(CommandError) {
        guard !isReadOnly(name) else { return }
        throw CommandError(
            .commandLine,
            """
            \(TerminalText.line(name)) was not called: it may change the server, and only read-only functions (Get...) \
            and verifications are called by default; to call it anyway, add --allow-changes
            """)
    }

    /// Whether a function is read-only, as the verifications are according to the manual (`docs/api.md`, "Functions").
    static func isReadOnly(_ name: String) -> Bool {
        if name == "VerifyStore" || name == "VerifyStores" { return true }
        return name.hasPrefix("Get") && name.dropFirst(3).first?.isUppercase ?? false
    }

    /// Up to three similar names, the nearest first.
    private static func nearestNames(to name: String, among names: [String]) -> [String] {
        var left = names
        var nearest: [String] = []
        while nearest.count < 3, let next = NearestName.find(name, among: left) {
            nearest.append(next)
            left.removeAll { $0 == next }
            // Only the case differs, so no other name was intended.
            if next.lowercased() == name.lowercased() { break }
        }
        return nearest
    }
}
