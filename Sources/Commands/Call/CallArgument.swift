import OperatingSystem
import PlainText

/// One argument of a call, as it was typed: `name=value`.
///
/// `name=@path` takes the value from a file, less one line break at its end; `name=@@text` means the text `@text`.
struct CallArgument: Equatable {
    /// The largest file that is read, in bytes.
    static let largestFile = 16 << 20

    var name: String
    var value: String

    init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    init(parsing text: String) throws(CommandError) {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
            throw CommandError(.commandLine, "\(QuotedText(text)) is no argument; write name=value, such as id=3")
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
            throw CommandError(.commandLine, "\(ScreenText.line(name)): \(error.explanation(path: path))")
        }
        guard var text = String(validating: bytes, as: UTF8.self) else {
            throw CommandError(
                .commandLine,
                "\(ScreenText.line(name)): \(QuotedText(path)) is not UTF-8 text, which the API takes only")
        }
        // A line break at the end of a file is the editor's, not the value's; CR LF is one character.
        if text.last?.isNewline == true { text.removeLast() }
        return text
    }
}
