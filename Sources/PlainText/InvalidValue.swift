/// Why a value is not accepted, with what to write instead.
///
/// The text begins with the value or a verb, so that it reads on from the name of a key or a flag:
/// `collection.interval: "60" has no unit; ...`.
package struct InvalidValue: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
