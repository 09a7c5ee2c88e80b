/// The build of the exporter.
package struct BuildInformation: Sendable {
    /// The version of the product, by semantic versioning.
    package static let version = "0.1.0"

    /// The commit from which it was built, or `unknown`.
    package var revision: String
    /// The version of the Swift compiler.
    package var swiftVersion: String

    package init(revision: String, swiftVersion: String = Self.compilerVersion) {
        self.revision = revision
        self.swiftVersion = swiftVersion
    }

    /// Conditional compilation can only compare the compiler's version, not read it.
    package static var compilerVersion: String {
        #if compiler(>=6.5)
            "6.5 or later"
        #elseif compiler(>=6.4)
            "6.4"
        #elseif compiler(>=6.3)
            "6.3"
        #elseif compiler(>=6.2)
            "6.2"
        #else
            "6.1"
        #endif
    }
}
