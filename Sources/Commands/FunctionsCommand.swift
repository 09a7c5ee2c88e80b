internal import Glibc
import MailStoreAPI
import PlainText

/// Lists the functions that a server offers.
package struct FunctionsCommand: Sendable {
    /// A part of a name, or a pattern with `*` and `?`; `nil` takes all.
    private let pattern: String?
    private let asJSON: Bool

    package init(matching pattern: String?, asJSON: Bool) {
        self.pattern = pattern
        self.asJSON = asJSON
    }

    /// Runs the command.
    ///
    /// - Throws: ``CommandError`` if there is no such function.
    package func run(on connection: TargetConnection, console: Console) async throws(CommandError) {
        let functions = try await connection.functions()
        let listing = FunctionListing(functions, matching: pattern)
        if asJSON {
            try console.writeResult(Array(listing.json().utf8))
        } else if !listing.functions.isEmpty {
            try console.writeResult(Array(listing.table().utf8))
        }
        guard listing.functions.isEmpty else { return }
        throw CommandError(
            .failure,
            functions.isEmpty
                ? "the server lists no functions; check that the URL is that of the Administration API"
                : "no function of the server matches the pattern; leave it out to list all of them")
    }
}

/// The functions of a server, as text and as JSON.
struct FunctionListing: Sendable {
    /// Sorted by name.
    let functions: [FunctionMetadata]

    /// - Parameter pattern: A part of a name, or a pattern with `*` and `?`; `nil` takes all.
    init(_ functions: [FunctionMetadata], matching pattern: String? = nil) {
        let matcher = pattern.map(FunctionPattern.init)
        self.functions = functions.filter { matcher?.matches($0.name) ?? true }.sorted { $0.name < $1.name }
    }

    /// One line for each function; a star marks mandatory arguments.
    func table() -> String {
        let rows = functions.map { (TerminalText.line($0.name), $0.arguments.map(Self.text).joined(separator: ", ")) }
        let heading = ("FUNCTION", "ARGUMENTS (* = mandatory)")
        let width = (rows + [heading]).map { TerminalText.width($0.0) }.max() ?? 0
        return ([heading] + rows).map { name, arguments in
            let padding = String(repeating: " ", count: width + 2 - TerminalText.width(name))
            return (arguments.isEmpty ? name : name + padding + arguments) + "\n"
        }.joined()
    }

    /// The list in the format of get-metadata.
    func json() -> String {
        let lines = functions.map { function in
            let arguments = function.arguments.map { argument in
                let type = argument.type.map { JSONText($0).description } ?? "null"
                let nullable = argument.nullable.map { $0 ? "true" : "false" } ?? "null"
                return #"{"name": \#(JSONText(argument.name)), "type": \#(type), "nullable": \#(nullable)}"#
            }
            return #"  {"name": \#(JSONText(function.name)), "args": [\#(arguments.joined(separator: ", "))]}"#
        }
        return lines.isEmpty ? "[]\n" : "[\n" + lines.joined(separator: ",\n") + "\n]\n"
    }

    private static func text(of argument: FunctionMetadata.Argument) -> String {
        let mark = argument.nullable == false ? "*" : ""
        return TerminalText.line(argument.name + mark + (argument.type.map { " " + $0 } ?? ""))
    }
}

/// A part of a name, or a glob pattern with `*` and `?` for the whole name; case is ignored.
struct FunctionPattern {
    private let pattern: String
    private let isGlob: Bool

    init(_ text: String) {
        pattern = text.lowercased()
        isGlob = text.contains { $0 == "*" || $0 == "?" }
    }

    func matches(_ name: String) -> Bool {
        let name = name.lowercased()
        guard isGlob else { return pattern.isEmpty || name.contains(pattern) }
        return fnmatch(pattern.replacing("[", with: "[[]"), name, FNM_NOESCAPE) == 0
    }
}
