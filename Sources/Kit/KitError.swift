/// Why the kit was not written.
package struct KitError: Error, Equatable, CustomStringConvertible {
    /// What is wrong and what to do.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
