/// A function of the API: what get-metadata tells of it, and what it does.
struct APIFunction: Sendable {
    /// What a function answers with.
    enum Answer: Sendable {
        case result(JSONValue)
        /// A long process begins.
        case process(ProcessPlan)
    }

    struct Argument: Sendable {
        /// The words that get-metadata uses.
        enum Kind: String, Sendable { case string, number, bool, json }

        var name: String
        var kind: Kind
        /// False = mandatory.
        var nullable = false
        /// True where old servers do not know the argument.
        var isNew = false
    }

    var name: String
    var arguments: [Argument]
    /// True where old servers do not know the function.
    var isNew = false
    var answer: @Sendable (inout World, Arguments) throws(APIFailure) -> Answer

    /// A function that only reads.
    static func read(
        _ name: String,
        _ arguments: [Argument] = [],
        isNew: Bool = false,
        _ body: @escaping @Sendable (World, Arguments) throws(APIFailure) -> JSONValue
    ) -> APIFunction {
        APIFunction(name: name, arguments: arguments, isNew: isNew) { (world, arguments) throws(APIFailure) in
            .result(try body(world, arguments))
        }
    }

    /// The arguments that a server of that age has.
    func arguments(oldServer: Bool) -> [Argument] {
        arguments.filter { !(oldServer && $0.isNew) }
    }

    /// The function as get-metadata lists it.
    func metadata(oldServer: Bool) -> JSONValue {
        let list = arguments(oldServer: oldServer).map { argument -> JSONValue in
            [
                "name": .string(argument.name), "type": .string(argument.kind.rawValue),
                "nullable": .bool(argument.nullable),
            ]
        }
        return ["name": .string(name), "args": .array(list)]
    }
}

extension APIFunction.Argument {
    static func string(_ name: String, nullable: Bool = false) -> Self {
        Self(name: name, kind: .string, nullable: nullable)
    }

    static func number(_ name: String, nullable: Bool = false) -> Self {
        Self(name: name, kind: .number, nullable: nullable)
    }

    static func bool(_ name: String, nullable: Bool = false, isNew: Bool = false) -> Self {
        Self(name: name, kind: .bool, nullable: nullable, isNew: isNew)
    }
}
