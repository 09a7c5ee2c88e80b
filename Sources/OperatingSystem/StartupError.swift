/// Why the exporter cannot start, with the remedy.
package struct StartupError: Error, CustomStringConvertible {
    package var description: String
    /// Whether a file that people write has a mistake, rather than that the machine lacks something.
    package var isMistake: Bool

    package init(_ description: String, isMistake: Bool = false) {
        self.description = description
        self.isMistake = isMistake
    }
}
