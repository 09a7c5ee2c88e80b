package import MailStoreAPI
package import PlainText

extension VerifyCommand {
    package var function: String {
        scope == .all ? "VerifyStores" : "VerifyStore"
    }

    /// Looks whether the verification can be run at all.
    package func prepare(on connection: TargetConnection, console: Console) async throws(CommandError)
        -> CallCommand.Prepared
    {
        let functions = try await connection.functions()
        guard let metadata = functions.first(where: { $0.name == function }) else {
            throw CommandError(
                .failure,
                "the server does not offer \(function); see what it offers: mailstore_exporter functions 'Verify*'"
            )
        }
        var title = "verification of all stores"
        if case .store(let id) = scope {
            let name = try await storeName(id, functions, connection, console)
            title = "verification of store \(ScreenText.line(id))" + (name.map { " \(QuotedText($0))" } ?? "")
        }
        if includesIndexes, !metadata.takesIndexes {
            console.say(
                "warning: this server's \(function) does not know includeIndexes; it decides about the indexes itself"
            )
        }
        var call = connection.call(function, fields(for: metadata))
        call.title = title
        return call
    }

    /// The arguments, as far as this server knows them (`mailstore-api.md`, section 2).
    package func fields(for metadata: FunctionMetadata) -> [FormField] {
        var fields: [FormField] = []
        if case .store(let id) = scope { fields.append(FormField("id", id)) }
        for argument in metadata.arguments where argument.name == FunctionMetadata.indexes {
            if includesIndexes || argument.nullable != true { fields.append(FormField(argument.name, includesIndexes)) }
        }
        return fields
    }

    /// The name of the store; `nil` where the server cannot tell, which is no reason not to verify.
    private func storeName(
        _ id: String, _ functions: [FunctionMetadata], _ connection: TargetConnection, _ console: Console
    ) async throws(CommandError) -> String? {
        let listing = InformationalFunction.getStores
        guard functions.contains(where: { $0.name == listing.rawValue }) else { return nil }
        let stores: [Store]
        do throws(APIError) {
            stores = try await connection.api.invoke(listing, as: [Store].self, by: connection.deadline())
        } catch  where error.reason == .apiError || error.reason == .badReply {
            console.say("warning: the stores cannot be listed: \(ScreenText.line(error.description))")
            return nil
        } catch {
            throw CommandError(error)
        }
        guard let store = stores.first(where: { $0.id == id }) else {
            throw CommandError(.failure, Self.unknownStore(id, among: stores))
        }
        return store.name
    }

    package static func unknownStore(_ id: String, among stores: [Store]) -> String {
        guard !stores.isEmpty else { return "there is no store \(QuotedText(id)); the server lists no stores at all" }
        let width = stores.map(\.id.count).max() ?? 0
        let lines = stores.map { store in
            let padding = String(repeating: " ", count: width - store.id.count)
            return "  \(padding)\(ScreenText.line(store.id))  \(ScreenText.line(store.name ?? ""))"
        }
        return (["there is no store \(QuotedText(id)); give the id of one of these:"] + lines).joined(separator: "\n")
    }
}

extension FunctionMetadata {
    fileprivate static let indexes = "includeIndexes"

    fileprivate var takesIndexes: Bool { arguments.contains { $0.name == Self.indexes } }
}
