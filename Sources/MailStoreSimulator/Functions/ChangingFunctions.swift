/// A few functions that change the server: they prove that a client asks before it calls such a thing.
enum ChangingFunctions {
    static let all: [APIFunction] = [
        APIFunction(
            name: "RenameStore", arguments: [.number("id"), .string("name")]
        ) { (world, arguments) throws(APIFailure) in
            let id = arguments.number("id") ?? 0
            guard world.rename(store: id, to: arguments.string("name") ?? "") else { throw .unknownStore(id) }
            return .result(.null)
        },
        APIFunction(
            name: "SetStoreRequestedState", arguments: [.number("id"), .string("requestedState")]
        ) { (world, arguments) throws(APIFailure) in
            let id = arguments.number("id") ?? 0
            let state = arguments.string("requestedState") ?? ""
            guard let index = world.stores.firstIndex(where: { $0.id == id }) else { throw .unknownStore(id) }
            guard ["current", "normal", "writeProtected", "disabled"].contains(state) else {
                throw APIFailure("System.ArgumentException", "Requested value '\(state)' was not found.")
            }
            for other in world.stores.indices where state == "current" && world.stores[other].requestedState == state {
                world.stores[other].requestedState = "normal"
            }
            world.stores[index].requestedState = state
            return .result(.null)
        },
        APIFunction(
            name: "SetJobEnabled", arguments: [.number("id"), .bool("enabled")]
        ) { (world, arguments) throws(APIFailure) in
            let id = arguments.number("id") ?? 0
            guard let index = world.jobs.firstIndex(where: { $0.id == id }) else {
                throw APIFailure("System.ArgumentException", "Job #\(id) does not exist.")
            }
            world.jobs[index].enabled = arguments.bool("enabled")
            return .result(.null)
        },
        APIFunction(name: "DeleteUser", arguments: [.string("userName")]) { (world, arguments) throws(APIFailure) in
            let name = arguments.string("userName") ?? ""
            guard world.users.contains(where: { $0.userName == name }) else {
                throw APIFailure("System.ArgumentException", "User \(name) does not exist.")
            }
            world.users.removeAll { $0.userName == name }
            return .result(.null)
        },
    ]
}
