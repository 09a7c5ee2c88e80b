/// Why the exporter cannot start, with the remedy.
package struct StartupError: Error, CustomStringConvertible {
    package var description: String
    /// Whether the cause is a mistake in a file that people write, not a problem of the machine.
    package var isMistake: Bool

    package init(_ description: String, isMistake: Bool = false) {
        self.description = description
        self.isMistake = isMistake
    }
}
