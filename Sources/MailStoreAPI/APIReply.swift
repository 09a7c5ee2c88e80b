/// A reply to any call except get-metadata: the envelope and the unparsed result (`docs/api.md`, "Replies").
package struct APIReply: Sendable {
    /// The error structure, if the call failed on the server.
    package private(set) var error: ErrorStructure?
    /// The name of a long-running process, 32 hexadecimal digits.
    package private(set) var token: String?
    /// Increases with every change of a long-running process, not always by 1.
    package private(set) var statusVersion: Int64?
    package private(set) var statusCode = StatusCode(rawValue: "")
    /// 0 to 100; may stay 0 throughout.
    private(set) var percentProgress: Double?
    private(set) var statusText: String?
    /// The log of a long-running process since the last reply, with lines ended by CRLF.
    package private(set) var logOutput: String?

    /// The reply as the server sent it.
    package private(set) var body: [UInt8]
    private var result: Range<Int>?

    /// Reads everything except the result, whose type only the caller knows.
    package init(reply body: [UInt8]) throws(JSONError) {
        self.body = body
        var statusCode: String?
        var end = 0
        try JSONReader.read(body) { (reader) throws(JSONError) in
            try reader.readObject { (reader, key) throws(JSONError) in
                switch key {
                case "error": error = try reader.takeNull() ? nil : ErrorStructure(from: &reader)
                case "token": token = try reader.readOptionalString()
                case "statusVersion": statusVersion = try reader.readOptionalInt()
                case "statusCode": statusCode = try reader.readOptionalString()
                case "percentProgress": percentProgress = try reader.readOptionalDouble()
                case "statusText": statusText = try reader.readOptionalString()
                case "logOutput": logOutput = try reader.readOptionalString()
                case "result": result = try reader.skipValue()
                default: try reader.skipValue()
                }
            }
            end = reader.position
        }
        guard let statusCode else {
            throw JSONError("there is no statusCode, so this is no reply of MailStore's API", offset: end)
        }
        self.statusCode = StatusCode(rawValue: statusCode)
    }

    /// The reply with a filtered error structure and body, and without its result, which an error does not have.
    func filtered(by filter: LoginFilter) -> APIReply {
        var reply = self
        reply.error = error.map {
            ErrorStructure(message: filter.filtered($0.message), details: filter.filtered($0.details))
        }
        reply.body = filter.filtered(body)
        reply.result = nil
        return reply
    }

    /// Reads the result; the paths in errors begin with `result`.
    package func result<Value: JSONDecodable>(as type: Value.Type) throws(JSONError) -> Value {
        guard let result else {
            throw JSONError("there is no result", offset: body.count).inside(.key("result"))
        }
        do {
            return try JSONReader.read(body, in: result) { (reader) throws(JSONError) in try Value(from: &reader) }
        } catch {
            throw error.inside(.key("result"))
        }
    }
}

/// The state of a call: an open set, because not all values are documented.
package struct StatusCode: RawRepresentable, Sendable, Equatable {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package static let running = StatusCode(rawValue: "running")
    package static let succeeded = StatusCode(rawValue: "succeeded")
    package static let failed = StatusCode(rawValue: "failed")

    /// Compares words without regard to case, like outcomes (`docs/api.md`, "Outcomes").
    package static func == (left: StatusCode, right: StatusCode) -> Bool {
        left.rawValue.lowercased() == right.rawValue.lowercased()
    }
}

/// The server's report of a call that failed there.
package struct ErrorStructure: JSONDecodable, Equatable {
    /// Free text in the server's language: for people, never for a label.
    package var message: String
    /// The .NET exception, its message and a stack trace.
    package var details: String

    package init(message: String, details: String) {
        self.message = message
        self.details = details
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        var message: String?
        var details: String?
        if reader.peek() == UInt8(ascii: "\"") {
            message = try reader.readString()
        } else {
            try reader.readObject { (reader, key) throws(JSONError) in
                switch key {
                case "message": message = try reader.readOptionalString()
                case "details": details = try reader.readOptionalString()
                default: try reader.skipValue()
                }
            }
        }
        self.message = message ?? ""
        self.details = details ?? ""
    }

    /// The .NET type of the exception, from the head of `details`: `System.FormatException`.
    ///
    /// `unknown` if it is not a type name, so that free text never becomes a label.
    package var exceptionType: String {
        let head = details.utf8.prefix(129).prefix { byte in
            byte != UInt8(ascii: ":") && byte != UInt8(ascii: "\r") && byte != UInt8(ascii: "\n")
        }
        let names = head.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isTypeName = head.count <= 128 && names.count > 1 && names.allSatisfy(Self.isIdentifier)
        return isTypeName ? String(decoding: head, as: UTF8.self) : "unknown"
    }

    /// Whether the bytes may name a .NET namespace or type, nested (`+`) and generic (`` ` ``) ones included.
    private static func isIdentifier(_ name: Substring.UTF8View) -> Bool {
        guard let first = name.first else { return false }
        let isLetter = { (byte: UInt8) in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
        }
        return isLetter(first)
            && name.allSatisfy { byte in
                isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "`")
            }
    }
}
