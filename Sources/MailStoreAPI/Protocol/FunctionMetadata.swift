/// What get-metadata says of one function.
package struct FunctionMetadata: JSONDecodable, Equatable {
    /// One argument of the function.
    package struct Argument: JSONDecodable, Equatable {
        package var name: String
        /// `string`, `number`, `bool` or `json`.
        package var type: String?
        /// Whether the argument may be left out; `nil` where the server does not say.
        package var nullable: Bool?

        package init(name: String, type: String? = nil, nullable: Bool? = nil) {
            self.name = name
            self.type = type
            self.nullable = nullable
        }

        package init(from reader: inout JSONReader) throws(JSONError) {
            var name: String?
            var type: String?
            var nullable: Bool?
            try reader.readObject { (reader, key) throws(JSONError) in
                switch key {
                case "name": name = try reader.readString()
                case "type": type = try reader.readOptionalString()
                case "nullable": nullable = try reader.readOptionalBool()
                default: try reader.skipValue()
                }
            }
            guard let name else { throw reader.failure("an argument has no name") }
            self.init(name: name, type: type, nullable: nullable)
        }
    }

    package var name: String
    package var arguments: [Argument]

    package init(name: String, arguments: [Argument] = []) {
        self.name = name
        self.arguments = arguments
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        var name: String?
        var arguments: [Argument] = []
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "name": name = try reader.readString()
            case "args": arguments = try reader.takeNull() ? [] : Array(from: &reader)
            default: try reader.skipValue()
            }
        }
        guard let name else { throw reader.failure("a function has no name") }
        self.init(name: name, arguments: arguments)
    }
}
