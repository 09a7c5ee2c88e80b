// To be deleted once the renames are applied.
package typealias PrintableText = TerminalText
package typealias ScreenText = TerminalText
