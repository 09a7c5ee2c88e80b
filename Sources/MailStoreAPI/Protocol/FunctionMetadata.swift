/// What get-metadata says of one function.
public struct FunctionMetadata: JSONDecodable, Equatable {
    /// One argument of the function.
    public struct Argument: JSONDecodable, Equatable {
        public var name: String
        /// `string`, `number`, `bool` or `json`.
        public var type: String?
        /// Whether the argument may be left out; `nil` where the server does not say.
        public var nullable: Bool?

        public init(name: String, type: String? = nil, nullable: Bool? = nil) {
            self.name = name
            self.type = type
            self.nullable = nullable
        }

        public init(from reader: inout JSONReader) throws(JSONError) {
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

    public var name: String
    public var arguments: [Argument]

    public init(name: String, arguments: [Argument] = []) {
        self.name = name
        self.arguments = arguments
    }

    public init(from reader: inout JSONReader) throws(JSONError) {
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
