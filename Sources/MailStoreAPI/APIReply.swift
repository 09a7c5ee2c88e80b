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

    /// What could not be used of the envelope.
    private var oddities = ReplyOddities()
    /// The reply as the server sent it.
    package private(set) var body: [UInt8]
    private var result: Range<Int>?

    /// Reads everything except the result, whose type only the caller knows.
    package init(reply body: [UInt8]) throws(JSONError) {
        self.body = body
        var statusCode: String?
        var end = 0
        try JSONReader.read(body) { (reader) throws(JSONError) in
            reader.acceptsNaN = true
            try reader.readObject { (reader, key) throws(JSONError) in
                switch key {
                case "error": error = try ErrorStructure.read(from: &reader)
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
            oddities = reader.oddities
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
        try result(as: type, maximumRows: .max).value
    }

    /// Reads the result, and what could not be used of the reply.
    func result<Value: JSONDecodable>(
        as type: Value.Type, maximumRows: Int
    ) throws(JSONError) -> (value: Value, oddities: ReplyOddities) {
        guard let result else {
            throw JSONError("there is no result", offset: body.count).inside(.key("result"))
        }
        do {
            return try JSONReader.read(body, in: result) { (reader) throws(JSONError) in
                reader.acceptsNaN = true
                reader.maximumRows = maximumRows
                let value = try Value(from: &reader)
                return (value, oddities.joined(with: reader.oddities.inside("result", at: result.lowerBound)))
            }
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
        if reader.peek() == UInt8(ascii: "{") {
            try reader.readObject { (reader, key) throws(JSONError) in
                switch key {
                case "message": message = try reader.readOptionalString()
                case "details": details = try reader.readOptionalString()
                default: try reader.skipValue()
                }
            }
        } else {
            message = try reader.readOptionalString()
        }
        self.message = message ?? ""
        self.details = details ?? ""
    }

    /// Reads the field `error`; `nil` if it reports none: `null`, `false`, 0 or an empty text.
    static func read(from reader: inout JSONReader) throws(JSONError) -> ErrorStructure? {
        if try reader.takeNull() { return nil }
        let isObject = reader.peek() == UInt8(ascii: "{")
        let isArray = reader.peek() == UInt8(ascii: "[")
        let structure = try ErrorStructure(from: &reader)
        // An array cannot be read; it is taken for an error, so that a failed call never counts as a success.
        return isObject || isArray || !["", "false", "0"].contains(structure.message) ? structure : nil
    }

    /// The label of an exception whose type is no regular .NET name (`docs/metrics.md`).
    package static let otherException = "other"

    /// The .NET type of the exception, from the head of `details`: `System.FormatException`.
    ///
    /// `unknown` without details. ``otherException`` for anything that is not the name of a .NET exception, so that
    /// free text never becomes a label, and neither do obfuscated names, which change with each release.
    package var exceptionType: String {
        let head = details.utf8.prefix(129).prefix { byte in
            byte != UInt8(ascii: ":") && byte != UInt8(ascii: "\r") && byte != UInt8(ascii: "\n")
        }
        guard !head.isEmpty else { return "unknown" }
        let names = head.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isTypeName =
            head.count <= 128 && names.count > 1 && names.allSatisfy(Self.isIdentifier)
            && Self.isException(names.last)
        return isTypeName ? String(decoding: head, as: UTF8.self) : Self.otherException
    }

    /// Whether the bytes may name a .NET namespace or type, nested (`+`) and generic (`` ` ``) ones included.
    ///
    /// Names of obfuscated classes contain the number of the build: `_22_4_0_21931`.
    private static func isIdentifier(_ name: Substring.UTF8View) -> Bool {
        guard let first = name.first else { return false }
        let isLetter = { (byte: UInt8) in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
        }
        let isDigit = { (byte: UInt8?) in byte.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false }
        let isBuild = name.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false).dropFirst()
            .contains { isDigit($0.first) }
        return isLetter(first) && !isBuild
            && name.allSatisfy { byte in
                isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "`")
            }
    }

    /// By the convention of .NET, the names of all exceptions end in `Exception`.
    private static func isException(_ name: Substring.UTF8View?) -> Bool {
        guard let name = name?.prefix(while: { $0 != UInt8(ascii: "`") }) else { return false }
        return name.suffix(9).elementsEqual("Exception".utf8)
    }
}
