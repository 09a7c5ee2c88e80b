import MailStoreAPI
import OperatingSystem
import PlainText

/// The arguments of a call, checked against the signature that the server lists.
struct CallArguments {
    private let given: [CallArgument]

    /// - Throws: ``CommandError`` with every invalid argument.
    init(parsing texts: [String]) throws(CommandError) {
        var given: [CallArgument] = []
        var mistakes: [String] = []
        for text in texts {
            do throws(CommandError) {
                given.append(try CallArgument(parsing: text))
            } catch {
                mistakes.append(error.description)
            }
        }
        guard mistakes.isEmpty else { throw CommandError(.commandLine, mistakes.joined(separator: "\n")) }
        self.given = given
    }

    /// The fields to send, in the order of the command line.
    ///
    /// - Throws: ``CommandError`` with everything that the server would reject.
    func fields(for function: FunctionMetadata) throws(CommandError) -> [FormField] {
        var mistakes: [String] = []
        var seen: Set<String> = []
        for argument in given {
            let name = TerminalText.line(argument.name)
            guard let declared = function.arguments.first(where: { $0.name == argument.name }) else {
                mistakes.append(Self.unknown(argument.name, of: function))
                continue
            }
            if !seen.insert(argument.name).inserted {
                mistakes.append("\(name): given twice; give it once")
            } else if let mistake = declared.mistake(in: argument.value) {
                mistakes.append("\(name): \(mistake)")
            }
        }
        for missing in function.arguments where missing.nullable == false && !seen.contains(missing.name) {
            mistakes.append("\(TerminalText.line(missing.name)): missing; add \(missing.example)")
        }
        guard mistakes.isEmpty else {
            let heading = "\(TerminalText.line(function.name)) was not called; its arguments are invalid:"
            throw CommandError(.commandLine, ([heading] + mistakes).joined(separator: "\n  "))
        }
        return given.map { FormField($0.name, $0.value) }
    }

    private static func unknown(_ name: String, of function: FunctionMetadata) -> String {
        let shown = TerminalText.line(name)
        guard !function.arguments.isEmpty else {
            return "\(shown): unknown; \(TerminalText.line(function.name)) takes no arguments"
        }
        if let nearest = NearestName.find(name, among: function.arguments.map(\.name)) {
            return "\(shown): unknown; did you mean \(TerminalText.line(nearest))?"
        }
        let names = function.arguments.map { TerminalText.line($0.name) }.joined(separator: ", ")
        return "\(shown): unknown; valid names: \(names)"
    }
}

extension FunctionMetadata.Argument {
    /// The mistake in a value for the argument; the server checks values of unknown types.
    fileprivate func mistake(in value: String) -> String? {
        switch type {
        case "number":
            return Self.isNumber(value) ? nil : "must be a number, such as 3, not \(QuotedText(value))"
        case "bool":
            return value == "true" || value == "false" ? nil : "must be true or false, not \(QuotedText(value))"
        case "json":
            do throws(JSONError) {
                _ = try AnyJSON(json: Array(value.utf8))
                return nil
            } catch {
                return "must be JSON: \(TerminalText.line(error.description)); read it from a file with name=@path"
            }
        default:
            return nil
        }
    }

    fileprivate var example: String {
        let name = TerminalText.line(name)
        return switch type {
        case "number": "\(name)=3"
        case "bool": "\(name)=true or \(name)=false"
        case "json": "\(name)=@file.json"
        default: "\(name)=text"
        }
    }

    private static func isNumber(_ value: String) -> Bool {
        let belongs = { (byte: UInt8) in "+-.0123456789Ee".utf8.contains(byte) }
        return value.utf8.allSatisfy(belongs) && (try? AnyNumber(json: Array(value.utf8))) != nil
    }
}

/// Any valid JSON value.
private struct AnyJSON: JSONDecodable {
    init(from reader: inout JSONReader) throws(JSONError) { try reader.skipValue() }
}

/// Any finite number.
private struct AnyNumber: JSONDecodable {
    init(from reader: inout JSONReader) throws(JSONError) { _ = try reader.readDouble() }
}

/// One argument of a call, as given on the command line: `name=value`.
///
/// `name=@path` reads the value from a file, without one line break at its end; `name=@@text` gives the value `@text`.
struct CallArgument: Equatable {
    /// The size limit of a file, in bytes.
    static let largestFile = 16 << 20

    var name: String
    var value: String

    init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    init(parsing text: String) throws(CommandError) {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
            throw CommandError(.commandLine, "\(QuotedText(text)) is not an argument; write name=value, such as id=3")
        }
        name = String(text[..<equals])
        value = String(text[text.index(after: equals)...])
        guard value.hasPrefix("@") else { return }
        value.removeFirst()
        if !value.hasPrefix("@") { value = try Self.contents(of: value, for: name) }
    }

    private static func contents(of path: String, for name: String) throws(CommandError) -> String {
        let bytes: [UInt8]
        do {
            bytes = try SmallFile.read(path, limit: largestFile)
        } catch {
            throw CommandError(.commandLine, "\(TerminalText.line(name)): \(error.explanation(path: path))")
        }
        guard var text = String(validating: bytes, as: UTF8.self) else {
            throw CommandError(
                .commandLine,
                "\(TerminalText.line(name)): \(QuotedText(path)) is not UTF-8 text; the API accepts nothing else")
        }
        // The editor added the line break at the end of the file; CR LF is one character.
        if text.last?.isNewline == true { text.removeLast() }
        return text
    }
}
