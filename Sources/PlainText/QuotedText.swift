/// A text from outside as it may stand in a message: in quotes, on one line, of bounded length.
package struct QuotedText: CustomStringConvertible {
    package static let longest = 80

    package let description: String

    package init(_ text: String) {
        var shown = ""
        for scalar in text.unicodeScalars.prefix(Self.longest) {
            let isControl = scalar.properties.generalCategory == .control
            shown += isControl || scalar == "\"" || scalar == "\\" ? scalar.escaped(asASCII: true) : String(scalar)
        }
        let ellipsis = text.unicodeScalars.count > Self.longest ? "…" : ""
        description = "\"\(shown)\(ellipsis)\""
    }
}
