package import MailStoreAPI
import PlainText

/// What a server offers, for people and for programs.
package struct FunctionListing: Sendable {
    /// In the order of their names.
    package let functions: [FunctionMetadata]

    /// - Parameter pattern: A part of a name, or a pattern with `*` and `?`; `nil` takes all.
    package init(_ functions: [FunctionMetadata], matching pattern: String? = nil) {
        let matcher = pattern.map(FunctionPattern.init)
        self.functions = functions.filter { matcher?.matches($0.name) ?? true }.sorted { $0.name < $1.name }
    }

    /// A line a function, names first; a star marks arguments that must be given.
    package func table() -> String {
        let rows = functions.map { (ScreenText.line($0.name), $0.arguments.map(Self.text).joined(separator: ", ")) }
        let heading = ("FUNCTION", "ARGUMENTS (* = mandatory)")
        let width = (rows + [heading]).map { ScreenText.width($0.0) }.max() ?? 0
        return ([heading] + rows).map { name, arguments in
            let padding = String(repeating: " ", count: width + 2 - ScreenText.width(name))
            return (arguments.isEmpty ? name : name + padding + arguments) + "\n"
        }.joined()
    }

    /// The list in the form in which get-metadata gives it.
    package func json() -> String {
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
        return ScreenText.line(argument.name + mark + (argument.type.map { " " + $0 } ?? ""))
    }
}

/// What a person types to pick functions: a part of the name, or a pattern with `*` and `?` for the whole of it.
///
/// Case does not count.
struct FunctionPattern {
    private let text: [Character]
    private let isGlob: Bool

    init(_ text: String) {
        self.text = Array(text.lowercased())
        isGlob = text.contains { $0 == "*" || $0 == "?" }
    }

    func matches(_ name: String) -> Bool {
        let name = name.lowercased()
        return isGlob ? matches(Array(name)) : text.isEmpty || name.contains(String(text))
    }

    /// Walks along the name; where it does not go on, the last star takes one character more.
    private func matches(_ name: [Character]) -> Bool {
        var (place, at) = (0, 0)
        var star: (place: Int, at: Int)?
        while at < name.count {
            if place < text.count, text[place] == "*" {
                star = (place, at)
                place += 1
            } else if place < text.count, text[place] == "?" || text[place] == name[at] {
                place += 1
                at += 1
            } else if let last = star {
                star = (last.place, last.at + 1)
                place = last.place + 1
                at = last.at + 1
            } else {
                return false
            }
        }
        return text[place...].allSatisfy { $0 == "*" }
    }
}
