/// All functions that a simulated server offers.
struct FunctionTable: Sendable {
    private let functions: [APIFunction]
    private let oldServer: Bool

    init(oldServer: Bool) {
        self.oldServer = oldServer
        let all =
            ServerFunctions.all + StoreFunctions.all + PeopleFunctions.all + ProfileFunctions.all + JobFunctions.all
            + VerificationFunctions.all + MaintenanceFunctions.all + ChangingFunctions.all
        functions = all.filter { !(oldServer && $0.isNew) }.sorted { $0.name < $1.name }
    }

    subscript(name: String) -> APIFunction? {
        functions.first { $0.name == name }
    }

    /// The bare array that get-metadata answers with.
    var metadata: JSONValue {
        .array(functions.map { $0.metadata(oldServer: oldServer) })
    }
}
